/** Walks the folder in the order of the names, one shard in memory at a time. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNoEntry } from './errors.ts';
import { isSegment, shardPrefix } from './names.ts';

export interface Listed {
  readonly name: string;
  readonly size: number;
}

/** Names below `folder`, each beginning with `base`, in code-unit order; only those that begin with `prefix`. */
export async function* listFolder(
  folder: string,
  base: string,
  prefix: string,
): AsyncGenerator<Listed, void> {
  const entries = await readNames(folder);
  const shards = entries.filter((entry) => shardPrefix(entry) !== undefined).toSorted();
  const segments = entries
    .filter((entry) => isSegment(entry) && mayMatch(`${base}${entry}/`, prefix))
    .map((entry) => `${entry}/`)
    .toSorted();

  for await (const file of listShards(folder, shards, { base, prefix })) {
    while (segments[0] !== undefined && `${base}${segments[0]}` < file.name) {
      const segment = segments.shift() ?? '';
      yield* listFolder(join(folder, segment), base + segment, prefix);
    }
    yield file;
  }
  for (const segment of segments) yield* listFolder(join(folder, segment), base + segment, prefix);
}

async function* listShards(
  folder: string,
  shards: readonly string[],
  { base, prefix }: { readonly base: string; readonly prefix: string },
): AsyncGenerator<Listed, void> {
  for (const shard of shards) {
    if (!mayMatch(`${base}${shardPrefix(shard) ?? ''}`, prefix)) continue;
    const files = (await readNames(join(folder, shard))).filter(isSegment).toSorted();
    for (const file of files) {
      const name = base + file;
      const size = name.startsWith(prefix) ? await sizeOf(join(folder, shard, file)) : undefined;
      if (size !== undefined) yield { name, size };
    }
  }
}

/** Whether a name that begins with `start` can begin with `prefix`. */
const mayMatch = (start: string, prefix: string): boolean =>
  start.startsWith(prefix) || prefix.startsWith(start);

async function readNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNoEntry(error)) return [];
    throw error;
  }
}

/** undefined: gone since the folder was read. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNoEntry(error)) return undefined;
    throw error;
  }
}
