/** Walks through a folder without ever holding a list of its files: there may be millions in one. */
import { access, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export type Walked =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: unknown };

/** Regular files, in the order of the file system. Links are not followed: they could lead in circles. */
export async function* walk(folder: string): AsyncGenerator<Walked> {
  const folders = [folder];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    try {
      yield* filesOf(current, folders);
    } catch (error) {
      yield { kind: 'unreadable', path: current, error };
    }
  }
}

/** The files of one folder; adds the folders in it to those that are still to be walked through. */
async function* filesOf(folder: string, folders: string[]): AsyncGenerator<Walked> {
  for await (const entry of await opendir(folder, { bufferSize: 256 })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield { kind: 'file', path };
    else if (entry.isDirectory() && !(await isHalfWritten(folder, entry.name))) folders.push(path);
  }
}

/** The folder `tmp` of a maildir: what lies there is not delivered yet. */
async function isHalfWritten(folder: string, name: string): Promise<boolean> {
  if (name !== 'tmp') return false;
  return access(join(folder, 'cur')).then(
    () => true,
    () => false,
  );
}
