/** Turns the names of packs into paths of the folder and back; nothing else may become a path. */

import { assertPackName, isPackName } from '@sluice/core/archive/pack-name.ts';

/**
 * Characters of the last segment that name its shard: six digits of a UUIDv7 are four and a half hours, so that a folder
 * holds some thousand packs at most, and neighbours in time lie together.
 */
const shardLength = 6;

/** No name can contain it, so that shards cannot be taken for segments. */
const shardMark = '_';

/** Where a pack lies below the root: the segments of its name, and before the last one its shard. Throws TypeError. */
export function pathOf(name: string): readonly string[] {
  assertPackName(name);
  const segments = name.split('/');
  const last = segments.at(-1) ?? '';
  return [...segments.slice(0, -1), shardMark + last.slice(0, shardLength), last];
}

/** The beginning that all names in a shard folder share; undefined for any other folder. */
export const shardPrefix = (folder: string): string | undefined =>
  folder.startsWith(shardMark) ? folder.slice(shardMark.length) : undefined;

export const isSegment = (text: string): boolean => !text.includes('/') && isPackName(text);
