/** Puts files into place so that after a crash each is there whole or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNoEntry, isNotEmpty } from './errors.ts';

export interface DurableFiles {
  /** On return the file and its name are on disk. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** On return the name is gone from disk; no error if it was not there. */
  remove(path: string): Promise<void>;
}

/** Older than this, a file under way was left behind by a process that died; younger, another one may be writing it. */
const abandonedAfterMs = 60 * 60 * 1000;

/** How often a write begins again because a shard folder that became empty was removed in between. */
const attempts = 5;

/** Files under way lie in `<root>/.tmp`, which no name of a pack can reach. */
export function createDurableFiles(root: string): DurableFiles {
  const underWay = join(root, '.tmp');
  mkdirSync(underWay, { recursive: true });
  removeAbandoned(underWay);

  return {
    async write(path, bytes) {
      const temporary = join(underWay, randomUUID());
      try {
        await writeSynced(temporary, bytes);
        await moveInto(root, temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async remove(path) {
      const folder = dirname(path);
      try {
        await rm(path);
        await syncFolder(folder);
        await rmdir(folder);
      } catch (error) {
        if (!isNoEntry(error) && !isNotEmpty(error)) throw error;
      }
    },
  };
}

function removeAbandoned(underWay: string): void {
  for (const name of readdirSync(underWay)) {
    const path = join(underWay, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > abandonedAfterMs) rmSync(path, { force: true });
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, 'wx');
  await handle.writeFile(bytes);
  await handle.sync();
}

async function moveInto(root: string, temporary: string, path: string): Promise<void> {
  await renameInto(temporary, path);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === root || folder === dirname(folder)) return;
  }
}

async function renameInto(temporary: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(path), { recursive: true });
    try {
      return await rename(temporary, path);
    } catch (error) {
      if (!isNoEntry(error) || attempt === attempts) throw error;
    }
  }
}

/** A folder that is gone was removed after its last file: there is nothing left to put on disk. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!isNoEntry(error)) throw error;
  }
}
