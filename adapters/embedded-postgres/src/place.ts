/** Where the data lie: in the folder as given, or elsewhere if the server's user cannot reach that one. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import type { Account } from './run.ts';

/** Names the place in the folder as given; without it data that belong to a folder deleted since would be taken for its. */
const pointer = 'moved-to';

/** The folder under which the data of this folder lie, as `data`: itself, or the one its pointer names. */
export async function findPlace(folder: string): Promise<string> {
  await makeFolder(folder);
  const path = join(folder, pointer);
  const place = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (place === '') return realpath(folder);
  if (!(await isFolder(place))) {
    throw new EmbeddedPostgresError(
      'unreachable',
      `The database of ${folder} was kept in ${place}, which is gone: bring it back, or delete ${path} to begin with an empty one.`,
    );
  }
  return place;
}

/**
 * The same place if the account can reach it. Else, as long as there are no data in it, a new one in `sharedFolder`, which
 * the folder then points to: permissions of folders that are not ours are never loosened.
 */
export async function reachablePlace(
  folder: string,
  place: string,
  account: Account | undefined,
  sharedFolder: string,
): Promise<string> {
  const barrier = account === undefined ? undefined : await firstBarrier(place, account);
  if (barrier === undefined) return place;
  if (await isFolder(join(place, 'data'))) {
    throw new EmbeddedPostgresError(
      'unreachable',
      `The database in ${place} belongs to user ${account?.uid}, who may not pass through ${barrier}: allow it (chmod o+x ${barrier}) or move the folder.`,
    );
  }
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
  const hash = createHash('sha256').update(place).digest('hex').slice(0, 12);
  const moved = await mkdtemp(join(sharedFolder, `${hash}-`));
  await chmod(moved, 0o711);
  const stillBarred = account === undefined ? undefined : await firstBarrier(moved, account);
  if (stillBarred !== undefined) {
    throw new EmbeddedPostgresError(
      'unreachable',
      `User ${account?.uid} may pass neither through ${barrier} nor through ${stillBarred}: choose a data folder that it can reach.`,
    );
  }
  await writeFile(join(folder, pointer), `${moved}\n`);
  return moved;
}

/** Makes the folder if it is missing, so that others may pass through it but not look into it. */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await chmod(folder, 0o711);
}

/** The first folder on the way down that the account may not pass through. Access lists are not looked at. */
async function firstBarrier(path: string, account: Account): Promise<string | undefined> {
  const above = dirname(path);
  const barrier = above === path ? undefined : await firstBarrier(above, account);
  if (barrier !== undefined) return barrier;
  const { mode, uid, gid } = await stat(path);
  const executable = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & executable) === 0 ? path : undefined;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
