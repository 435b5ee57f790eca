/** Keeps an eye on the disk under the outbox, so that mail is asked to come again before the disk is full. */
import { statfs } from 'node:fs/promises';

export interface DiskGuard extends Disposable {
  hasRoom(): boolean;
  /** Bytes free at the last look. */
  free(): number;
}

const lookEveryMs = 2_000;

export async function watchDisk(folder: string, minFreeBytes: number): Promise<DiskGuard> {
  let free = await freeBytes(folder);
  const timer = setInterval(() => {
    freeBytes(folder).then(
      (bytes) => (free = bytes),
      // A disk that cannot even be asked takes no mail.
      () => (free = 0),
    );
  }, lookEveryMs);
  timer.unref();
  return {
    hasRoom: () => free >= minFreeBytes,
    free: () => free,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** For processes without privileges. */
async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
