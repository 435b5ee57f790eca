/** PackStore port on a folder of a local file system. */
import { join, resolve } from 'node:path';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import { createDurableFiles } from './durable-files.ts';
import { listFolder, sizeOf } from './list-folder.ts';
import { pathOf } from './names.ts';
import { createOpenFiles, type OpenFile } from './open-files.ts';

export interface PackFolder extends PackStore {
  /** Closes the files held open; the folder may still be used, without holding any. */
  close(): Promise<void>;
}

/**
 * Makes the folder if there is none, and removes what writers left behind that died more than an hour ago. Several
 * processes may use one folder. Every operation throws TypeError for a name that is not one.
 */
export function openPackFolder(folder: string): PackFolder {
  const root = resolve(folder);
  const durable = createDurableFiles(root);
  const openFiles = createOpenFiles();
  const locate = (name: string): string => join(root, ...pathOf(name));

  return {
    async put(name, bytes) {
      const path = locate(name);
      await durable.write(path, bytes);
      openFiles.forget(path);
    },
    async getRange(name, start, length) {
      return openFiles.withFile(locate(name), (file) => readRange(file, start, length));
    },
    async size(name) {
      return sizeOf(locate(name));
    },
    async delete(name) {
      const path = locate(name);
      openFiles.forget(path);
      await durable.remove(path);
    },
    list: (prefix = '') => listFolder(root, '', prefix),
    close: () => openFiles.close(),
  };
}

async function readRange({ handle, size }: OpenFile, start: number, length: number): Promise<Uint8Array> {
  const isInside = Number.isSafeInteger(start) && Number.isSafeInteger(length) && start >= 0 && length >= 0;
  if (!isInside || start + length > size) {
    throw new RangeError(`the pack has ${size} bytes; asked for ${length} from ${start} on`);
  }
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new RangeError(`the pack ended ${length - filled} bytes early`);
    filled += bytesRead;
  }
  return bytes;
}
