/** The newest rows of several buckets, each asked only if it can hold one of them. */
import type { Bucket } from './buckets.ts';

interface Placed {
  readonly row: number;
}

/**
 * `buckets`: the highest `maxRow` first. `find` gives up to `limit` rows of a bucket, the highest first and none below
 * `fromRow`; so does this of all.
 */
export function newestOf<T extends Placed>(
  buckets: readonly Bucket[],
  { limit, fromRow }: { readonly limit: number; readonly fromRow: number },
  find: (bucket: Bucket, limit: number, fromRow: number) => readonly T[],
): readonly T[] {
  let found: readonly T[] = [];
  for (const bucket of buckets) {
    const lowest = found.length < limit ? undefined : found.at(-1)?.row;
    const from = lowest === undefined ? fromRow : lowest + 1;
    if (bucket.maxRow < from) break;
    const more = find(bucket, limit, from);
    if (more.length === 0) continue;
    found = found.length === 0 ? more : [...found, ...more].toSorted((a, b) => b.row - a.row).slice(0, limit);
  }
  return found;
}
