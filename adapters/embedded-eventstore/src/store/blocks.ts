/** The table of blocks: events that are no longer new, many to a row. All of them lie before the events of the table of events. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BlockHeads } from './block-format.ts';
import { eventIn, packBlock, readHeads, unpackFrame } from './block-format.ts';
import type { Layout } from './block-layout.ts';
import { layoutOf } from './block-layout.ts';
import { StoreFileError } from './database.ts';
import { createRecentlyUsed } from './recently-used.ts';
import type { StoredEvent } from './requests.ts';

export interface Block {
  readonly heads: BlockHeads;
  /** Unpacks the frame of the event where it is not at hand. Throws StoreFileError where it is damaged. */
  event(index: number): StoredEvent;
}

/** Whatever has to read a damaged block throws a StoreFileError that says where it lies. */
export interface Blocks {
  /** Position of the newest event that lies in a block; -1 if there is none. */
  lastPosition(): number;
  /** The block with the first event at this position or after it. */
  from(position: number): Block | undefined;
  /** The block with the last event before this position. */
  before(position: number): Block | undefined;
  /** Writes a block behind all others, and looks whether it says what it should; within a transaction. */
  add(events: readonly StoredEvent[]): void;
  /** Reads from the file again, after a transaction was rolled back. */
  reload(): void;
}

/** Bytes of memory for unpacked frames, for contents as they lie in the file, and for heads. */
const mostFrameBytes = 2 * 1024 * 1024;
const mostContentBytes = 1024 * 1024;
const mostHeadBytes = 1024 * 1024;
const headBytes = 150;

export function openBlocks(database: DatabaseSync): Blocks {
  const prepare = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const selectAtOrBefore = prepare(
    'SELECT first, last FROM blocks WHERE first <= ? ORDER BY first DESC LIMIT 1',
  );
  const selectAfter = prepare('SELECT first FROM blocks WHERE first > ? ORDER BY first LIMIT 1');
  const selectHeads = prepare('SELECT heads FROM blocks WHERE first = ?');
  const selectContent = prepare('SELECT content FROM blocks WHERE first = ?');
  const selectLast = prepare('SELECT last FROM blocks ORDER BY first DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?)');
  const blocks = createRecentlyUsed<Block>(mostHeadBytes);
  const contents = createRecentlyUsed<Uint8Array>(mostContentBytes);
  const frames = createRecentlyUsed<Buffer>(mostFrameBytes);
  let last = -1;
  // Who reads a stream asks for one event after the other.
  let current: Block | undefined;

  const contentAt = (first: number): Uint8Array => {
    const known = contents.get(first);
    if (known !== undefined) return known;
    const content = bytesOf(selectContent.get(first));
    contents.add(first, content, content.length);
    return content;
  };
  const frameAt = (first: number, { frameBegins }: BlockHeads, number: number, length: number): Buffer => {
    // A block has no more frames than events, and so no more than positions: this is a number of its own.
    const key = first + number;
    const known = frames.get(key);
    if (known !== undefined) return known;
    const packed = contentAt(first).subarray(frameBegins[number], frameBegins[number + 1]);
    const frame = unpackFrame(packed, length);
    frames.add(key, frame, length);
    return frame;
  };
  const read = (first: number): Block => {
    const heads = naming(first, () => readHeads(bytesOf(selectHeads.get(first))));
    let layout: Layout | undefined;
    return {
      heads,
      event(index) {
        layout ??= layoutOf(heads);
        const { frames: frameOf, frameLengths, begins } = layout;
        const number = frameOf[index] ?? 0;
        const frame = naming(first, () => frameAt(first, heads, number, frameLengths[number] ?? 0));
        return eventIn(heads, index, frame, begins[index] ?? 0);
      },
    };
  };
  const blockAt = (first: unknown): Block | undefined => {
    if (typeof first !== 'number') return undefined;
    const known = blocks.get(first);
    if (known !== undefined) return known;
    const block = read(first);
    blocks.add(first, block, block.heads.count * headBytes);
    return block;
  };
  const reload = (): void => {
    last = Number(valuesOf(selectLast.get())[0] ?? -1);
    blocks.clear();
    current = undefined;
    contents.clear();
    frames.clear();
  };
  reload();

  return {
    lastPosition: () => last,
    from(position) {
      if (position > last) return undefined;
      if (current !== undefined && holds(current, position)) return current;
      const [first, newest] = valuesOf(selectAtOrBefore.get(position));
      const isHere = typeof newest === 'number' && newest >= position;
      current = blockAt(isHere ? first : valuesOf(selectAfter.get(position))[0]);
      return current;
    },
    before: (position) => blockAt(valuesOf(selectAtOrBefore.get(position - 1))[0]),
    add(events) {
      const first = events[0]?.position ?? -1;
      const newest = events.at(-1)?.position ?? -1;
      const { heads, content } = packBlock(events);
      insert.run(first, newest, heads, content);
      // A block takes the place of the only copy: it is read again before.
      const block = read(first);
      const isSame = events.every((event, index) => isSameEvent(event, block.event(index)));
      if (!isSame || block.heads.count !== events.length)
        throw new Error('A block would not give back its events');
      last = newest;
    },
    reload,
  };
}

const holds = ({ heads: { positions, count } }: Block, position: number): boolean =>
  position >= (positions[0] ?? Infinity) && position <= (positions[count - 1] ?? -1);

const isSameEvent = (one: StoredEvent, other: StoredEvent): boolean =>
  one.position === other.position &&
  one.stream === other.stream &&
  one.revision === other.revision &&
  one.type === other.type &&
  one.created === other.created &&
  Buffer.compare(one.id, other.id) === 0 &&
  Buffer.compare(one.data, other.data) === 0 &&
  Buffer.compare(one.metadata, other.metadata) === 0;

/** Adds to what is wrong where it is wrong. */
function naming<T>(first: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StoreFileError)) throw error;
    throw new StoreFileError(`The block of events from position ${first} on is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

/** The values of a row of a statement that returns arrays. */
const valuesOf = (row: unknown): readonly unknown[] => (Array.isArray(row) ? row : []);

/** The bytes in the first column. */
function bytesOf(row: unknown): Uint8Array {
  const [bytes] = valuesOf(row);
  if (!(bytes instanceof Uint8Array)) throw new StoreFileError('a part of it is gone');
  return bytes;
}
