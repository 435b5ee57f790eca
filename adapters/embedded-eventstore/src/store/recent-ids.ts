/** Where the newest events lie by their id, so that an append without expected revision is known when it comes again. */
import type { Reads } from './reads.ts';

export interface RecentIds {
  /** Position of the event with this id, if it is among the newest. */
  find(id: Uint8Array): number | undefined;
  add(id: Uint8Array, position: number): void;
  /** Reads them from the file again, after a transaction was rolled back. */
  reload(): void;
}

const keyOf = (id: Uint8Array): string =>
  Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');

/** Keeps the newest `capacity` events; one costs about 100 bytes of memory. */
export function createRecentIds(reads: Reads, capacity: number): RecentIds {
  const positions = new Map<string, number>();

  const add = (id: Uint8Array, position: number): void => {
    positions.set(keyOf(id), position);
    if (positions.size <= capacity) return;
    for (const oldest of positions.keys()) {
      positions.delete(oldest);
      break;
    }
  };
  const reload = (): void => {
    positions.clear();
    for (const { id, position } of reads.newestIds(capacity).toReversed()) add(id, position);
  };
  reload();

  return { find: (id) => positions.get(keyOf(id)), add, reload };
}
