/** Blocks: what is packed comes out as it went in, and a damaged one is known for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIn, indexFrom, packBlock, readHeads, unpackFrame } from './block-format.ts';
import { layoutOf } from './block-layout.ts';
import { StoreFileError } from './database.ts';
import type { StoredEvent } from './requests.ts';
import { tombstoneRevision } from './requests.ts';

const bytes = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    {
      weight: 1,
      arbitrary: fc.nat({ max: most }).map((length) => Buffer.alloc(length, 'abc') as Uint8Array),
    },
  );
const anyEvent = fc.record({
  gap: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2 ** 45 })),
  stream: fc.integer({ min: 1, max: 5 }),
  revision: fc.oneof(fc.nat(), fc.constant(tombstoneRevision)),
  type: fc.integer({ min: 1, max: 300 }),
  created: fc.integer({ min: -1000, max: 2 ** 42 }),
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  data: bytes(50_000),
  metadata: bytes(20_000),
});
const someEvents: fc.Arbitrary<StoredEvent[]> = fc
  .tuple(fc.nat({ max: 2 ** 40 }), fc.array(anyEvent, { minLength: 1, maxLength: 40 }))
  .map(([begin, list]) => {
    let position = begin;
    return list.map(({ gap, ...event }) => ({ ...event, position: (position += gap) }));
  });

function unpacked({ heads: packed, content }: { heads: Uint8Array; content: Uint8Array }): StoredEvent[] {
  const heads = readHeads(packed);
  const { frames, begins, frameLengths } = layoutOf(heads);
  return heads.positions.map((_, index) => {
    const frame = frames[index]!;
    const part = content.subarray(heads.frameBegins[frame], heads.frameBegins[frame + 1]);
    return eventIn(heads, index, unpackFrame(part, frameLengths[frame]!), begins[index]!);
  });
}
const plain = (events: readonly StoredEvent[]): unknown[] =>
  events.map(({ id, data, metadata, ...rest }) => ({
    ...rest,
    bytes: [id, data, metadata].map((part) => Buffer.from(part).toString('latin1')),
  }));

describe('a block', () => {
  it('gives back its events, whatever they are', () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        expect(plain(unpacked(packBlock(events)))).toEqual(plain(events));
      }),
      { numRuns: 60 },
    );
  });

  it('finds the first event at a position or after it', () => {
    fc.assert(
      fc.property(someEvents, fc.nat({ max: 2 ** 40 }), (events, position) => {
        const heads = readHeads(packBlock(events).heads);
        const expected = events.findIndex((event) => event.position >= position);
        expect(indexFrom(heads, position)).toBe(expected < 0 ? events.length : expected);
        for (const [index, event] of events.entries()) expect(indexFrom(heads, event.position)).toBe(index);
      }),
      { numRuns: 60 },
    );
  });

  it('says that it is damaged, or is not', () => {
    const change = fc.tuple(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(someEvents, change, (events, [inHeads, at, by, cut]) => {
        const block = packBlock(events);
        const part = Buffer.from(inHeads ? block.heads : block.content);
        part[at % part.length]! ^= by;
        const damaged = cut === 0 ? part.subarray(0, at % part.length) : part;
        try {
          const events_ = unpacked({ ...block, [inHeads ? 'heads' : 'content']: damaged });
          expect(plain(events_)).toEqual(plain(events));
        } catch (error) {
          expect(error).toBeInstanceOf(StoreFileError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('has the events of a stream side by side in frames of bounded size', () => {
    const count = 128;
    const streams = Array.from({ length: count }, (_, index) => index % 50);
    const lengths = streams.map(() => 2000);
    const { frames, frameLengths } = layoutOf({ streams, dataLengths: lengths, metadataLengths: lengths });
    for (const stream of new Set(streams)) {
      const mine = frames.filter((_, index) => streams[index] === stream);
      expect(new Set(mine).size).toBe(1);
    }
    expect(Math.max(...frameLengths)).toBeLessThanOrEqual(128 * 1024);
  });
});
