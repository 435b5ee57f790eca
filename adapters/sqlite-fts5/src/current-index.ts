/** Which index file is the current one: a small file that names it, replaced at once. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface CurrentIndex {
  /** Name of the current file; undefined before there is one. */
  read(): string | undefined;
  /** Opens the current file, again where it was replaced meanwhile; undefined before there is one. */
  openCurrent<T>(open: (path: string, name: string) => T): T | undefined;
  /** Makes a file the current one. On return it is on disk. */
  replace(name: string): void;
  pathOf(name: string): string;
  newName(): string;
  /** Removes an index with what SQLite put beside it. */
  remove(name: string): void;
  /** Removes every index but the current one. */
  removeOthers(): void;
}

const pointer = 'current';
const indexName = /^index-[0-9a-f-]{36}\.db$/;

/** A swap between reading the name and opening the file makes it begin again. */
const attempts = 10;

export function createCurrentIndex(folder: string): CurrentIndex {
  const pathOf = (name: string): string => join(folder, name);

  const read = (): string | undefined => {
    try {
      const name = readFileSync(pathOf(pointer), 'utf8').trim();
      if (!indexName.test(name))
        throw new Error(`${pathOf(pointer)} names no index: ${JSON.stringify(name)}`);
      return name;
    } catch (error) {
      if (isNoEntry(error)) return undefined;
      throw error;
    }
  };

  const remove = (name: string): void => {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(pathOf(name + suffix), { force: true });
  };

  return {
    read,
    openCurrent(open) {
      for (let attempt = 1; ; attempt++) {
        const name = read();
        if (name === undefined) return undefined;
        try {
          return open(pathOf(name), name);
        } catch (error) {
          if (attempt === attempts || read() === name) throw error;
        }
      }
    },
    replace(name) {
      const temporary = pathOf(`${pointer}-${randomUUID()}`);
      syncFile(pathOf(name));
      writeSynced(temporary, `${name}\n`);
      renameSync(temporary, pathOf(pointer));
      syncFile(folder);
    },
    pathOf,
    newName: () => `index-${randomUUID()}.db`,
    remove,
    removeOthers() {
      const current = read();
      const names = readdirSync(folder).filter((name) => indexName.test(name) && name !== current);
      for (const name of names) remove(name);
    },
  };
}

const isNoEntry = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Of a file or a folder. */
function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
