/** The questions that are asked of the events table, each a prepared statement whose rows arrive one by one. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Direction, StoredEvent } from './requests.ts';
import type { StreamIndex } from './stream-index.ts';

/** Where an event lies and whether a filter may want it. */
export interface EventHeader {
  readonly position: number;
  readonly stream: number;
  readonly type: number;
}

/** Takes an event; false: no more now. */
export type Visit = (event: StoredEvent) => boolean;

export interface Reads {
  /** Events of a stream from a revision on (included), at most `limit`. */
  stream(stream: number, from: number, options: { direction: Direction; limit: number }, visit: Visit): void;
  /** Events of all streams after a position, backwards before it, at most `limit`. */
  all(position: number, options: { direction: Direction; limit: number }, visit: Visit): void;
  /** The same without their content. */
  headers(position: number, options: { direction: Direction; limit: number }): readonly EventHeader[];
  at(position: number): StoredEvent | undefined;
}

const columns = 'position, stream, revision, type, created, id, data, metadata';

export function prepareReads(database: DatabaseSync, index: StreamIndex): Reads {
  const prepare = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const all = {
    forwards: prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`),
    backwards: prepare(`SELECT ${columns} FROM events WHERE position < ? ORDER BY position DESC LIMIT ?`),
  };
  const headers = {
    forwards: prepare(
      'SELECT position, stream, type FROM events WHERE position > ? ORDER BY position LIMIT ?',
    ),
    backwards: prepare(
      'SELECT position, stream, type FROM events WHERE position < ? ORDER BY position DESC LIMIT ?',
    ),
  };
  const at = prepare(`SELECT ${columns} FROM events WHERE position = ?`);
  const eventAt = (position: number): StoredEvent | undefined => {
    const row = at.get(position);
    return row === undefined ? undefined : eventOf(rowOf<EventRow>(row));
  };

  return {
    stream(stream, from, options, visit) {
      for (const position of index.positions(stream, from, options)) {
        const event = eventAt(position);
        if (event !== undefined && !visit(event)) return;
      }
    },
    all: (position, { direction, limit }, visit) => walk(all[direction].iterate(position, limit), visit),
    headers: (position, { direction, limit }) =>
      rowsOf<[number, number, number]>(headers[direction].all(position, limit)).map(
        ([header, stream, type]) => ({ position: header, stream, type }),
      ),
    at: eventAt,
  };
}

type EventRow = [number, number, number, number, number, Uint8Array, Uint8Array, Uint8Array];

// The statements return arrays, which the typings of node:sqlite do not say; the schema is STRICT.
const rowOf = <T>(row: unknown): T => row as T;
const rowsOf = <T>(rows: unknown): readonly T[] => rows as readonly T[];

function walk(rows: Iterable<unknown>, visit: Visit): void {
  for (const row of rows) if (!visit(eventOf(rowOf<EventRow>(row)))) return;
}

const eventOf = ([position, stream, revision, type, created, id, data, metadata]: EventRow): StoredEvent => ({
  position,
  stream,
  revision,
  type,
  created,
  id,
  data,
  metadata,
});
