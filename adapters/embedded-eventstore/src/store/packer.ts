/** Moves events that are no longer new from their own rows into blocks. */
import type { DatabaseSync } from 'node:sqlite';
import type { Blocks } from './blocks.ts';
import { eventOf, eventColumns } from './event-rows.ts';
import type { StreamIndex } from './stream-index.ts';
import type { StoredEvent } from './requests.ts';

export interface Packer {
  /** Makes one block of the oldest events; false: they are too few for one. Within a transaction. */
  packOne(): boolean;
}

/** So many events, or so many bytes of them, are worth a block. */
export const worthPacking = { events: 32, bytes: 80 * 1024 };
/** So many are all that a block takes. */
const full = { events: 128, bytes: 320 * 1024 };

export function createPacker(
  database: DatabaseSync,
  { blocks, index }: { readonly blocks: Blocks; readonly index: StreamIndex },
  enough = worthPacking,
): Packer {
  const selectOldest = database.prepare(
    `SELECT ${eventColumns} FROM events ORDER BY position LIMIT ${full.events + 1}`,
  );
  selectOldest.setReturnArrays(true);
  const deletePacked = database.prepare('DELETE FROM events WHERE position <= ?');

  /** The next block's events; the newest event of all always keeps a row of its own. */
  const nextBlock = (): readonly StoredEvent[] | undefined => {
    const events: StoredEvent[] = [];
    let bytes = 0;
    let newest: StoredEvent | undefined;
    for (const row of selectOldest.iterate()) {
      if (newest !== undefined) {
        events.push(newest);
        bytes += newest.data.length + newest.metadata.length;
      }
      newest = eventOf(row);
      if (events.length === full.events || bytes >= full.bytes) break;
    }
    return events.length >= enough.events || bytes >= enough.bytes ? events : undefined;
  };

  return {
    packOne() {
      const events = nextBlock();
      const last = events?.at(-1)?.position;
      if (events === undefined || last === undefined) return false;
      blocks.add(events);
      // What the index has not written is found again in the table of events when the store opens.
      if (index.writtenUpTo() < last) index.write();
      deletePacked.run(last);
      return true;
    },
  };
}
