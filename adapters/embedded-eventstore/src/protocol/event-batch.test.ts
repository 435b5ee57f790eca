/** Events as they leave, read field by field. */
import { describe, expect, it } from 'vitest';
import { createFrameReader } from '../grpc/frames.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import type { StoredEvent } from '../store/requests.ts';
import { createEventBatch } from './event-batch.ts';

const names = {
  streams: { byId: (id: number) => ({ id, name: `stream-${id}-ü`, lastRevision: 0 }) },
  types: { byId: (id: number) => ({ id, name: `Type${id}`, isJson: id !== 2 }) },
};
type Names = Parameters<typeof createEventBatch>[0];
const unused = { find: () => undefined, intern: () => names.types.byId(1), forget: () => undefined };
const batchOf = (structuredIds: boolean): ReturnType<typeof createEventBatch> =>
  createEventBatch({
    streams: { ...unused, ...names.streams } as unknown as Names['streams'],
    types: { ...unused, ...names.types } as unknown as Names['types'],
    structuredIds,
  });

const event = (changes: Partial<StoredEvent> = {}): StoredEvent => ({
  position: 5_000_000_000,
  stream: 1,
  revision: 300,
  type: 1,
  created: 1_763_800_000_123,
  id: Buffer.from('0193a000000070008000000000000001', 'hex'),
  data: Buffer.from('{"a":1}'),
  metadata: Buffer.from('{"m":2}'),
  ...changes,
});

interface Decoded {
  id: string;
  halves: bigint[];
  stream: string;
  readonly numbers: Record<number, number>;
  readonly map: Record<string, string>;
  data: Buffer;
  metadata: Buffer;
}

/** Each field of RecordedEvent by its number in streams.proto. */
const fields: Record<number, (reader: ProtobufReader, event: Decoded) => void> = {
  1: (reader, decoded) => readId(reader.message(), decoded),
  2: (reader, decoded) => {
    const identifier = reader.message();
    while (identifier.next()) if (identifier.field === 3) decoded.stream = identifier.string();
  },
  6: (reader, decoded) => {
    const [entry, texts] = [reader.message(), ['', '']];
    while (entry.next()) texts[entry.field - 1] = entry.string();
    decoded.map[texts[0]!] = texts[1]!;
  },
  7: (reader, decoded) => void (decoded.metadata = reader.bytes()),
  8: (reader, decoded) => void (decoded.data = reader.bytes()),
};

function readId(reader: ProtobufReader, decoded: Decoded): void {
  while (reader.next()) {
    if (reader.field === 2) {
      decoded.id = reader.string();
      continue;
    }
    const structured = reader.message();
    while (structured.next()) decoded.halves.push(structured.int64());
  }
}

function decode(frames: Buffer): Decoded[] {
  return createFrameReader(10_000_000)
    .push(frames)
    .map((message) => {
      const decoded: Decoded = {
        id: '',
        halves: [],
        stream: '',
        numbers: {},
        map: {},
        data: Buffer.alloc(0),
        metadata: Buffer.alloc(0),
      };
      const response = new ProtobufReader(message);
      expect([response.next(), response.field]).toEqual([true, 1]);
      const readEvent = response.message();
      expect(response.next()).toBe(false);
      expect([readEvent.next(), readEvent.field]).toEqual([true, 1]);
      const recorded = readEvent.message();
      while (recorded.next()) {
        const take = fields[recorded.field];
        if (take === undefined) decoded.numbers[recorded.field] = recorded.number();
        else take(recorded, decoded);
      }
      expect([readEvent.next(), readEvent.field]).toEqual([true, 3]);
      expect([readEvent.number(), readEvent.next()]).toEqual([decoded.numbers[5], false]);
      return decoded;
    });
}

describe('a batch of events', () => {
  it('says everything of an event', () => {
    const batch = batchOf(false);
    expect(batch.isEmpty()).toBe(true);
    batch.add(event());
    expect(decode(batch.take())).toEqual([
      {
        id: '0193a000-0000-7000-8000-000000000001',
        halves: [],
        stream: 'stream-1-ü',
        numbers: { 3: 300, 4: 5_000_000_000, 5: 5_000_000_000 },
        map: { type: 'Type1', 'content-type': 'application/json', created: '17638000001230000' },
        data: Buffer.from('{"a":1}'),
        metadata: Buffer.from('{"m":2}'),
      },
    ]);
  });

  it('has events of any size, one after the other', () => {
    const batch = batchOf(false);
    const sizes = [0, 1, 127, 128, 16_384, 200_000, 3];
    for (const [index, size] of sizes.entries()) {
      const hasRoom = batch.add(
        event({
          data: Buffer.alloc(size, 7),
          metadata: new Uint8Array(0),
          type: 2,
          revision: index,
          position: index,
        }),
      );
      expect(hasRoom).toBe(index < 5);
    }
    const read = decode(batch.take());
    expect(read.map(({ data }) => data.length)).toEqual(sizes);
    expect(read.map(({ map }) => map['content-type'])).toEqual(sizes.map(() => 'application/octet-stream'));
    expect(batch.isEmpty()).toBe(true);
    batch.add(event());
    expect(decode(batch.take())).toHaveLength(1);
  });

  it('writes over what was given back, and over nothing else', () => {
    const batch = batchOf(false);
    const taken = (size: number): Buffer => {
      batch.add(event({ data: Buffer.alloc(size) }));
      return batch.take();
    };
    const [first, second] = [taken(1), taken(2)];
    batch.giveBack(first);
    const others = [taken(3), taken(4), taken(5)];
    expect(others.filter(({ buffer }) => buffer === first.buffer)).toHaveLength(1);
    expect([second, ...others].flatMap(decode).map(({ data }) => data.length)).toEqual([2, 3, 4, 5]);
  });

  it('has ids as two halves where that is asked for', () => {
    const batch = batchOf(true);
    batch.add(event());
    const [{ halves } = { halves: [] }] = decode(batch.take());
    expect(halves.map((half) => BigInt.asUintN(64, half))).toEqual([
      0x0193_a000_0000_7000n,
      0x8000_0000_0000_0001n,
    ]);
  });
});
