/** Keeps the few packs that are read most open, each no longer than a moment after its last use. */
import { open, type FileHandle } from 'node:fs/promises';
import { isNoEntry } from './errors.ts';

export interface OpenFiles {
  /** Runs `use` with the open file; undefined if there is no such file. */
  withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T | undefined>;
  /** Forgets a file that was replaced or deleted. */
  forget(path: string): void;
  close(): Promise<void>;
}

export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/** A file is closed when the last one of: its place in the cache, and the reads going on, is given up. */
interface Entry {
  readonly file: Promise<OpenFile>;
  users: number;
  isKept: boolean;
}

const capacity = 32;

/** A pack that another process deletes is readable, and its space in use, for this long at most. */
const idleMs = 5_000;

export function createOpenFiles(): OpenFiles {
  const kept = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;

  const closeIfUnused = (entry: Entry): void => {
    if (entry.isKept || entry.users > 0) return;
    const closed = entry.file.then(({ handle }) => handle.close()).catch(() => undefined);
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  };

  const forget = (path: string): void => {
    const entry = kept.get(path);
    if (entry === undefined) return;
    kept.delete(path);
    entry.isKept = false;
    closeIfUnused(entry);
  };

  const forgetAll = (): void => {
    for (const path of kept.keys()) forget(path);
  };

  const acquire = (path: string): Entry => {
    const entry = kept.get(path) ?? { file: openFile(path), users: 0, isKept: !isClosed };
    entry.users++;
    if (entry.isKept) {
      kept.delete(path);
      kept.set(path, entry);
    }
    const [oldest] = kept.keys();
    if (kept.size > capacity && oldest !== undefined) forget(oldest);
    return entry;
  };

  return {
    async withFile(path, use) {
      const entry = acquire(path);
      clearTimeout(idle);
      idle = setTimeout(forgetAll, idleMs).unref();
      try {
        return await use(await entry.file);
      } catch (error) {
        if (kept.get(path) === entry) forget(path);
        if (isNoEntry(error)) return undefined;
        throw error;
      } finally {
        entry.users--;
        closeIfUnused(entry);
      }
    },
    forget,
    async close() {
      isClosed = true;
      clearTimeout(idle);
      forgetAll();
      await Promise.all(closing);
    },
  };
}

async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return { handle, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
