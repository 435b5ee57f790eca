/** PackStore port in memory: for tests, and for tools that look into a pack which they were handed whole. */
import type { PackStore } from '../ports/pack-store.ts';
import { copyBytes } from './bytes.ts';
import { assertPackName } from './pack-name.ts';

export function createMemoryPackStore(): PackStore {
  const packs = new Map<string, Uint8Array>();
  const find = (name: string): Uint8Array | undefined => {
    assertPackName(name);
    return packs.get(name);
  };
  return {
    async put(name, bytes) {
      assertPackName(name);
      packs.set(name, copyBytes(bytes));
    },
    async getRange(name, start, length) {
      const bytes = find(name);
      if (bytes && (start < 0 || length < 0 || start + length > bytes.length)) {
        throw new RangeError(`${name} has ${bytes.length} bytes; asked for ${length} from ${start} on`);
      }
      return bytes && copyBytes(bytes.subarray(start, start + length));
    },
    size: async (name) => find(name)?.length,
    async delete(name) {
      assertPackName(name);
      packs.delete(name);
    },
    async *list(prefix = '') {
      for (const name of [...packs.keys()].toSorted()) {
        const bytes = packs.get(name);
        if (bytes && name.startsWith(prefix)) yield { name, size: bytes.length };
      }
    },
  };
}
