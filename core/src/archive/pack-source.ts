/** Reads ranges of one pack, whatever it lies in, with its tail read ahead once. */
import type { PackStore } from '../ports/pack-store.ts';
import type { Range } from './format.ts';

/** Bytes `start` (included) to `start + length` of a pack; undefined if there is no such pack. */
export type GetRange = (start: number, length: number) => Promise<Uint8Array | undefined>;

export interface PackSource {
  readonly size: number;
  /** undefined: the pack is gone, or gave fewer bytes than it has. */
  read(range: Range): Promise<Uint8Array | undefined>;
}

/** Holds the whole index of a pack as the intake makes them, and most of them whole. */
const tailBytes = 64 * 1024;

export function createPackSource(size: number, getRange: GetRange): PackSource {
  const tailStart = Math.max(0, size - tailBytes);
  let tail: Promise<Uint8Array | undefined> | undefined;

  const readExactly = async ({ start, length }: Range): Promise<Uint8Array | undefined> => {
    const bytes = await getRange(start, length);
    return bytes?.length === length ? bytes : undefined;
  };

  return {
    size,
    async read(range) {
      if (range.length === 0) return new Uint8Array(0);
      if (range.start < 0 || range.start + range.length > size) return undefined;
      if (range.start < tailStart) return readExactly(range);
      tail ??= readExactly({ start: tailStart, length: size - tailStart });
      const from = range.start - tailStart;
      return (await tail)?.subarray(from, from + range.length);
    },
  };
}

export async function openPackSource(store: PackStore, name: string): Promise<PackSource | undefined> {
  const size = await store.size(name);
  if (size === undefined) return undefined;
  return createPackSource(size, (start, length) => store.getRange(name, start, length));
}
