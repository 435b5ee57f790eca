/** Finds the dictionary of a frame, in the pack or in the store, and believes it only by its sha256. */
import { sha256Hex } from '../kernel/hash.ts';
import type { PackStore } from '../ports/pack-store.ts';
import { copyBytes } from './bytes.ts';
import { dictionaryName, maxDictionaryBytes, type Directory } from './format.ts';
import { carriedRange } from './index-codec.ts';
import type { PackSource } from './pack-source.ts';

/** Dictionaries read before, by sha256 in hexadecimal: the few newest. Share one among reads of the same store. */
export interface DictionaryCache {
  get(sha256: string): Uint8Array | undefined;
  add(sha256: string, bytes: Uint8Array): void;
}

export function createDictionaryCache(capacity = 8): DictionaryCache {
  const kept = new Map<string, Uint8Array>();
  return {
    get: (sha256) => kept.get(sha256),
    add(sha256, bytes) {
      kept.set(sha256, bytes);
      const [oldest] = kept.keys();
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
    },
  };
}

/** The bytes of the dictionary at a place in the pack's list (from 0); undefined if it is gone or damaged. */
export async function loadDictionary(
  place: number,
  { directory, source, store, cache }: DictionaryOwner,
): Promise<Uint8Array | undefined> {
  const entry = directory.dictionaries[place];
  if (entry === undefined) return undefined;
  const id = entry.sha256.toHex();
  const known = cache.get(id);
  if (known) return known;
  const isCarried = entry.carriedLength > 0;
  const bytes = isCarried
    ? await source.read(carriedRange(directory.dictionaries, place))
    : await readNamed(dictionaryName(id), store);
  if (bytes === undefined || sha256Hex(bytes) !== id) return undefined;
  const own = copyBytes(bytes);
  cache.add(id, own);
  return own;
}

interface DictionaryOwner {
  readonly directory: Directory;
  readonly source: PackSource;
  readonly store: PackStore;
  readonly cache: DictionaryCache;
}

async function readNamed(name: string, store: PackStore): Promise<Uint8Array | undefined> {
  const size = await store.size(name);
  if (size === undefined || size > maxDictionaryBytes) return undefined;
  return store.getRange(name, 0, size);
}
