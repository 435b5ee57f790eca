/** Locks that a process holds until it ends, however it ends: an exclusive transaction on a file of their own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Lock {
  release(): void;
}

/** Takes the lock, waiting up to `waitMs` for a holder that is ending; undefined if somebody keeps it. */
export async function takeLock(dataDir: string, name: string, waitMs: number): Promise<Lock | undefined> {
  const folder = join(dataDir, 'locks');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(join(folder, `${name}.lock`));
    if (lock !== undefined) return lock;
    if (performance.now() >= deadline) return undefined;
    await sleep(100);
  }
}

function tryLock(file: string): Lock | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch {
    // SQLITE_BUSY: another process holds it. Anything else shows up when the folder is used for real.
    database.close();
    return undefined;
  }
}
