/**
 * The questions that are asked of the events, wherever they lie: the older ones in blocks, the newer ones in rows of their own
 * whose prepared statements hand them out one by one.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Block, Blocks } from './blocks.ts';
import { idIn, indexFrom } from './block-format.ts';
import { StoreFileError } from './database.ts';
import { eventColumns, eventOf } from './event-rows.ts';
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

/** Whatever reads a damaged block throws StoreFileError. */
export interface Reads {
  /** Events of a stream from a revision on (included), at most `limit`. */
  stream(stream: number, from: number, options: Walk, visit: Visit): void;
  /** Events of all streams after a position, backwards before it, at most `limit`. */
  all(position: number, options: Walk, visit: Visit): void;
  /** The same without their content. */
  headers(position: number, options: Walk): readonly EventHeader[];
  at(position: number): StoredEvent | undefined;
  /** Ids and positions of the newest events, the newest first, at most `limit`; those before a damaged block are left out. */
  newestIds(limit: number): readonly { readonly id: Uint8Array; readonly position: number }[];
}

interface Walk {
  readonly direction: Direction;
  readonly limit: number;
}

/** Visitors often have enough after a few events. */
const positionsAtOnce = 64;

export function prepareReads(database: DatabaseSync, blocks: Blocks, index: StreamIndex): Reads {
  const rows = prepareRows(database);

  const at = (position: number): StoredEvent | undefined => {
    if (position > blocks.lastPosition()) return rows.at(position);
    const block = blocks.from(position);
    if (block === undefined) return undefined;
    const number = indexFrom(block.heads, position);
    return block.heads.positions[number] === position ? block.event(number) : undefined;
  };

  return {
    stream(stream, from, { direction, limit }, visit) {
      const step = direction === 'forwards' ? 1 : -1;
      let next = from;
      let left = limit;
      while (left > 0 && next >= 0) {
        const positions = index.positions(stream, next, {
          direction,
          limit: Math.min(left, positionsAtOnce),
        });
        if (positions.length === 0) return;
        left -= positions.length;
        next += step * positions.length;
        for (const position of positions) {
          const event = at(position);
          if (event === undefined) continue;
          if (!visit(event)) return;
          next = event.revision + step;
        }
      }
    },
    all(position, { direction, limit }, visit) {
      let left = limit;
      const visitBlocks = (): boolean =>
        walkBlocks(blocks, { direction, limit: left, position }, (block, number) => {
          left -= 1;
          return visit(block.event(number));
        });
      const visitRows = (): boolean => {
        for (const row of rows.all[direction].iterate(position, left)) {
          left -= 1;
          if (!visit(eventOf(row))) return false;
        }
        return true;
      };
      if (direction === 'forwards') void (visitBlocks() && visitRows());
      else void (visitRows() && visitBlocks());
    },
    headers(position, { direction, limit }) {
      const found: EventHeader[] = [];
      const addBlocks = (): void => {
        const options = { direction, limit: limit - found.length, position };
        walkBlocks(blocks, options, ({ heads }, number) => found.push(headerIn(heads, number)) > 0);
      };
      const addRows = (): void => {
        if (found.length < limit)
          found.push(...rows.headers(position, { direction, limit: limit - found.length }));
      };
      for (const add of direction === 'forwards' ? [addBlocks, addRows] : [addRows, addBlocks]) add();
      return found;
    },
    at,
    newestIds(limit) {
      const found = [...rows.newestIds(limit)];
      const options = { direction: 'backwards', limit: limit - found.length, position: Infinity } as const;
      try {
        walkBlocks(blocks, options, ({ heads }, number) => {
          // A copy: the block's heads are not kept for the sake of an id.
          found.push({ id: idIn(heads, number).slice(), position: heads.positions[number] ?? 0 });
          return true;
        });
      } catch (error) {
        if (!(error instanceof StoreFileError)) throw error;
      }
      return found;
    },
  };
}

const headerIn = ({ positions, streams, types }: Block['heads'], number: number): EventHeader => ({
  position: positions[number] ?? 0,
  stream: streams[number] ?? 0,
  type: types[number] ?? 0,
});

interface BlockWalk extends Walk {
  /** Forwards the events after it, backwards those before it. */
  readonly position: number;
}

/** Goes through the events in blocks, at most `limit`; false: the visitor has enough. */
function walkBlocks(
  blocks: Blocks,
  { direction, limit, position }: BlockWalk,
  visit: (block: Block, number: number) => boolean,
): boolean {
  const forwards = direction === 'forwards';
  let left = limit;
  let at = forwards ? position + 1 : Math.min(position, blocks.lastPosition() + 1);
  while (left > 0) {
    const block = forwards ? blocks.from(at) : blocks.before(at);
    if (block === undefined) return true;
    const here = indexFrom(block.heads, at);
    const step = forwards ? 1 : -1;
    const steps = Math.min(left, forwards ? block.heads.count - here : here);
    let number = forwards ? here : here - 1;
    for (const end = number + steps * step; number !== end; number += step) {
      if (!visit(block, number)) return false;
    }
    left -= steps;
    at = placeBeside(block, direction);
  }
  return true;
}

/** Where the next block is looked for: positions are whole numbers. */
const placeBeside = ({ heads: { positions, count } }: Block, direction: Direction): number =>
  direction === 'forwards' ? (positions[count - 1] ?? 0) + 1 : (positions[0] ?? 0);

interface Rows {
  readonly all: Readonly<Record<Direction, StatementSync>>;
  headers(position: number, options: Walk): readonly EventHeader[];
  at(position: number): StoredEvent | undefined;
  newestIds(limit: number): readonly { readonly id: Uint8Array; readonly position: number }[];
}

function prepareRows(database: DatabaseSync): Rows {
  const prepare = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const both = (columns: string): Readonly<Record<Direction, StatementSync>> => ({
    forwards: prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`),
    backwards: prepare(`SELECT ${columns} FROM events WHERE position < ? ORDER BY position DESC LIMIT ?`),
  });
  const headers = both('position, stream, type');
  const selectAt = prepare(`SELECT ${eventColumns} FROM events WHERE position = ?`);
  const selectNewest = prepare('SELECT id, position FROM events ORDER BY position DESC LIMIT ?');

  return {
    all: both(eventColumns),
    headers: (from, { direction, limit }) =>
      rowsOf<[number, number, number]>(headers[direction].all(from, limit)).map(
        ([position, stream, type]) => ({ position, stream, type }),
      ),
    at(position) {
      const row = selectAt.get(position);
      return row === undefined ? undefined : eventOf(row);
    },
    newestIds: (limit) =>
      rowsOf<[Uint8Array, number]>(selectNewest.all(limit)).map(([id, position]) => ({ id, position })),
  };
}

// The statements return arrays, which the typings of node:sqlite do not say; the schema is STRICT.
const rowsOf = <T>(rows: unknown): readonly T[] => rows as readonly T[];
