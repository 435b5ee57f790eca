/**
 * Where the events of each stream lie. The newest entries are kept in memory and written many at a time: an entry a commit would
 * touch a page of the index for every stream, and the bytes to be synced are what a commit costs.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Direction } from './requests.ts';
import { numberOf } from './database.ts';
import { tombstoneRevision } from './requests.ts';

export interface StreamIndex {
  /** Revision of the stream's last event; -1 if it has none, `tombstoneRevision` if it was tombstoned. */
  lastRevision(stream: number): number;
  /** Positions of a stream's events from a revision on (included), at most `limit`. */
  positions(
    stream: number,
    from: number,
    options: { direction: Direction; limit: number },
  ): readonly number[];
  /** Adds the event that was just written; within its transaction. */
  add(stream: number, revision: number, position: number): void;
  /** Writes what is in memory, if it is enough to be worth it; within a transaction. */
  writeIfDue(): void;
  /** Writes what is in memory; within a transaction. */
  write(): void;
  /** Position of the newest event whose entry is written, as are those of all before it; -1 if there is none. */
  writtenUpTo(): number;
  /** Reads from the file again what is not written, after a transaction was rolled back. */
  reload(): void;
}

/** Entries in memory before they are written; so many events are looked at when the store opens. */
const mostUnwritten = 2048;

/** The newest events of one stream, without gap up to its last one. */
interface Tail {
  readonly first: number;
  readonly positions: number[];
}

export function openStreamIndex(database: DatabaseSync): StreamIndex {
  const prepareArrays = (sql: string): ReturnType<DatabaseSync['prepare']> => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const select = {
    forwards: prepareArrays(
      'SELECT position FROM stream_events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
    ),
    backwards: prepareArrays(
      'SELECT position FROM stream_events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?',
    ),
  };
  const selectLast = database.prepare('SELECT max(revision) AS revision FROM stream_events WHERE stream = ?');
  const selectUnwritten = database.prepare(
    'SELECT position, stream, revision FROM events WHERE position > (SELECT position FROM indexed) ORDER BY position',
  );
  const insert = database.prepare('INSERT INTO stream_events VALUES (?, ?, ?)');
  const updateIndexed = database.prepare('UPDATE indexed SET position = ?');
  const tails = new Map<number, Tail>();
  let unwritten = 0;
  let newest = -1;
  let writtenUpTo = -1;

  const add: StreamIndex['add'] = (stream, revision, position) => {
    // A tombstone does not follow the event before it, so it has no place in a tail; it is rare, and written at once.
    if (revision === tombstoneRevision) {
      insert.run(stream, revision, position);
      return;
    }
    const tail = tails.get(stream);
    if (tail === undefined) tails.set(stream, { first: revision, positions: [position] });
    else tail.positions.push(position);
    unwritten += 1;
    newest = position;
  };
  const clear = (): void => {
    tails.clear();
    unwritten = 0;
  };
  const reload = (): void => {
    clear();
    writtenUpTo = numberOf(database, 'SELECT position FROM indexed');
    for (const row of selectUnwritten.all()) {
      const revision = Number(row['revision']);
      if (revision !== tombstoneRevision) add(Number(row['stream']), revision, Number(row['position']));
    }
  };
  reload();

  const write = (): void => {
    if (unwritten === 0) return;
    // In the order of the index, so that each of its pages is touched once.
    for (const [stream, { first, positions }] of [...tails].toSorted(([a], [b]) => a - b)) {
      for (const [offset, position] of positions.entries()) insert.run(stream, first + offset, position);
    }
    updateIndexed.run(newest);
    writtenUpTo = newest;
    clear();
  };

  const written = (stream: number, from: number, direction: Direction, limit: number): number[] =>
    limit <= 0 ? [] : select[direction].all(stream, from, limit).map((row) => Number(Object.values(row)[0]));

  return {
    add,
    reload,
    lastRevision(stream) {
      const tail = tails.get(stream);
      const last = selectLast.get(stream)?.['revision'];
      if (tail !== undefined && last !== tombstoneRevision) return tail.first + tail.positions.length - 1;
      return typeof last === 'number' ? last : -1;
    },
    positions(stream, from, { direction, limit }) {
      const tail = tails.get(stream);
      if (tail === undefined) return written(stream, from, direction, limit);
      const { first, positions } = tail;
      if (direction === 'forwards') {
        const older = from < first ? written(stream, from, direction, limit) : [];
        const begin = Math.max(from - first, 0);
        return older.concat(positions.slice(begin, begin + limit - older.length));
      }
      const newer = positions
        .slice(0, Math.max(from - first + 1, 0))
        .slice(-limit)
        .toReversed();
      return newer.concat(written(stream, Math.min(from, first - 1), direction, limit - newer.length));
    },
    writeIfDue() {
      if (unwritten >= mostUnwritten) write();
    },
    write,
    writtenUpTo: () => writtenUpTo,
  };
}
