/** The rows of the table of events, as arrays. */
import type { StoredEvent } from './requests.ts';

export const eventColumns = 'position, stream, revision, type, created, id, data, metadata';

type EventRow = [number, number, number, number, number, Uint8Array, Uint8Array, Uint8Array];

/** The event of a row with these columns, from a statement that returns arrays. */
export function eventOf(row: unknown): StoredEvent {
  // That the statements return arrays the typings of node:sqlite do not say; the schema is STRICT.
  const [position, stream, revision, type, created, id, data, metadata] = row as EventRow;
  return { position, stream, revision, type, created, id, data, metadata };
}
