/** Says which of our processes runs the server of a place, so that an orphan can be told from one that somebody still needs. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import { lookUpProcess } from './process-table.ts';

interface Owner {
  readonly pid: number;
  readonly startedAt: string;
}

/** Makes us the owner of the place; the returned function gives it up. Fails with `in-use` while another owner lives. */
export async function takeOwnership(place: string): Promise<() => Promise<void>> {
  const file = join(place, 'owner.json');
  const us = await lookUpProcess(process.pid);
  const words = JSON.stringify({ pid: process.pid, startedAt: us?.startedAt ?? '' });
  for (;;) {
    try {
      await writeFile(file, words, { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(file);
    if (owner !== undefined && (await isAlive(owner))) {
      throw new EmbeddedPostgresError(
        'in-use',
        `The database in ${place} is in use by process ${owner.pid}: stop that one first.`,
      );
    }
    await rm(file, { force: true });
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>;
    return typeof value.pid === 'number' && typeof value.startedAt === 'string'
      ? { pid: value.pid, startedAt: value.startedAt }
      : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  const found = await lookUpProcess(owner.pid);
  return found !== undefined && found.startedAt === owner.startedAt;
}
