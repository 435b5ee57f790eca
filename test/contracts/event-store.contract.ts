/** What every EventStore promises of appends and reads; the store may hold other data and be used by others meanwhile. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore, ExpectedRevision } from '@sluice/core/ports/event-store.ts';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { appended, freshName, readIds, testEvent, testEvents } from './support/eventstore.ts';

export interface EventStoreUnderTest {
  /** A new connection. */
  connect(): EventStore;
}

export function eventStoreContract(under: EventStoreUnderTest): void {
  let store: EventStore;
  beforeAll(() => {
    store = under.connect();
  });
  afterAll(() => store.close());

  describe('append', () => {
    it('keeps an event whole, in whatever script', async () => {
      const stream = freshName('größe-域名');
      const event = testEvent({
        subject: 'Ünïcödé 🦆 \u0000 "quoted"',
        nested: { list: [1, 2.5, null, true] },
      });
      const begin = Date.now();
      const { revision, position } = await appended(store, stream, event);
      const [read, ...more] = await Array.fromAsync(store.readStream(stream));
      expect(more).toEqual([]);
      expect(read).toEqual({ ...event, stream, revision, position, recordedAt: read!.recordedAt });
      expect(revision).toBe(0);
      const recorded = Date.parse(read!.recordedAt);
      expect(recorded).toBeGreaterThanOrEqual(begin - 60_000);
      expect(recorded).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    it('appends several events in order and answers the last one', async () => {
      const stream = freshName();
      const events = testEvents(50);
      const answer = await appended(store, stream, ...events);
      const read = await Array.fromAsync(store.readStream(stream));
      expect(read.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
      expect(read.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
      expect(answer).toEqual({ revision: 49, position: read.at(-1)!.position });
      const positions = read.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
      expect(new Set(positions).size).toBe(50);
    });

    it.each<[ExpectedRevision, number, ExpectedRevision | undefined]>([
      ['no-stream', 0, undefined],
      ['no-stream', 2, 1],
      ['any', 0, undefined],
      ['any', 2, undefined],
      ['stream-exists', 0, 'no-stream'],
      ['stream-exists', 2, undefined],
      [0, 0, 'no-stream'],
      [0, 2, 1],
      [1, 2, undefined],
      [2, 2, 1],
      [Number.MAX_SAFE_INTEGER, 2, 1],
    ])('expecting %s of a stream of %i events', async (expected, length, actual) => {
      const stream = freshName();
      if (length > 0) await appended(store, stream, ...testEvents(length));
      const result = await store.append(stream, [testEvent()], expected);
      if (actual === undefined) expect(result).toMatchObject({ ok: true, value: { revision: length } });
      else expect(result).toEqual({ ok: false, error: { code: 'wrong-expected-revision', actual } });
      expect(await readIds(store, stream)).toHaveLength(length + (actual === undefined ? 1 : 0));
    });

    it('lets one of many that expect the same revision win', async () => {
      const stream = freshName();
      await appended(store, stream, testEvent());
      const other = under.connect();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : other).append(stream, [testEvent()], 0),
        ),
      );
      await other.close();
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      for (const result of results) {
        if (!result.ok) expect(result.error).toEqual({ code: 'wrong-expected-revision', actual: 1 });
      }
      expect(await readIds(store, stream)).toHaveLength(2);
    });

    it.each<[string, number, ExpectedRevision]>([
      ['no-stream', 0, 'no-stream'],
      ['a revision', 3, 2],
      ['any', 3, 'any'],
      ['stream-exists', 3, 'stream-exists'],
    ])('answers a repeated append as the first time, expecting %s', async (_, length, expected) => {
      const stream = freshName();
      if (length > 0) await appended(store, stream, ...testEvents(length));
      const events = testEvents(5);
      const first = await store.append(stream, events, expected);
      expect(first).toMatchObject({ ok: true, value: { revision: length + 4 } });
      expect(await store.append(stream, events, expected)).toEqual(first);
      await appended(store, stream, ...testEvents(2));
      expect(await store.append(stream, events, expected)).toEqual(first);
      expect(await readIds(store, stream)).toHaveLength(length + 7);
    });

    it('does not take other events for a repetition', async () => {
      const stream = freshName();
      const events = testEvents(3);
      await appended(store, stream, ...events);
      const changed: NewEvent[][] = [
        [testEvent(), ...events.slice(1)],
        [...events.slice(0, 2), testEvent()],
        [...events, testEvent()],
        events.toReversed(),
      ];
      for (const attempt of changed) {
        expect(await store.append(stream, attempt, 'no-stream')).toEqual({
          ok: false,
          error: { code: 'wrong-expected-revision', actual: 2 },
        });
      }
      expect(await readIds(store, stream)).toEqual(events.map(({ id }) => id));
    });

    it('takes the same ids in another stream as other events', async () => {
      const events = testEvents(2);
      const [first, second] = [freshName(), freshName()];
      await appended(store, first, ...events);
      await appended(store, second, ...events);
      expect(await readIds(store, second)).toEqual(events.map(({ id }) => id));
    });

    it('keeps the order of 64 appends that are under way at once', async () => {
      const streams = Array.from({ length: 4 }, () => freshName());
      const appends = Array.from({ length: 64 }, (_, number) => ({
        stream: streams[number % 4]!,
        event: testEvent({ number }),
      }));
      const results = await Promise.all(
        appends.map(({ stream, event }) => store.append(stream, [event], 'any')),
      );
      expect(results.every(({ ok }) => ok)).toBe(true);
      for (const stream of streams) {
        const expected = appends.filter((one) => one.stream === stream).map(({ event }) => event.id);
        expect(await readIds(store, stream)).toEqual(expected);
      }
    });

    it('loses no good append beside refused ones', async () => {
      const streams = Array.from({ length: 40 }, () => freshName());
      const results = await Promise.all(
        streams.map((stream, index) => {
          if (index % 4 === 1) return store.append(stream, [testEvent()], 7);
          if (index % 4 === 2)
            return store.append(stream, [testEvent({ text: 'x'.repeat(1_100_000) })], 'any');
          return store.append(stream, [testEvent()], 'no-stream');
        }),
      );
      const codes = results.map((result) => (result.ok ? 'ok' : result.error.code));
      expect(codes).toEqual(
        streams.map((_, index) => ['ok', 'wrong-expected-revision', 'too-large', 'ok'][index % 4]),
      );
      for (const [index, stream] of streams.entries()) {
        expect(await readIds(store, stream)).toHaveLength(codes[index] === 'ok' ? 1 : 0);
      }
    });

    it('takes big events, and refuses what is too large as a whole', async () => {
      const stream = freshName();
      const big = testEvent({ text: 'ä'.repeat(450_000) });
      await appended(store, stream, big);
      const [read] = await Array.fromAsync(store.readStream(stream));
      expect(read!.data).toEqual(big.data);
      const half = (): NewEvent => testEvent({ text: 'x'.repeat(600_000) });
      for (const events of [[testEvent({ text: 'x'.repeat(1_048_600) })], [half(), half()]]) {
        expect(await store.append(stream, events, 'any')).toEqual({
          ok: false,
          error: { code: 'too-large' },
        });
      }
      expect(await readIds(store, stream)).toEqual([big.id]);
    });

    it('refuses what is larger than the server reads in one message, and loses no append beside it', async () => {
      const [stream, beside] = [freshName(), freshName()];
      const [huge, ...small] = await Promise.all([
        store.append(stream, [testEvent({ text: 'x'.repeat(20_000_000) })], 'any'),
        ...Array.from({ length: 10 }, () => store.append(beside, [testEvent()], 'any')),
      ]);
      expect(huge).toEqual({ ok: false, error: { code: 'too-large' } });
      expect(small.every(({ ok }) => ok)).toBe(true);
      expect(await readIds(store, beside)).toHaveLength(10);
    });

    it('has no answer for an append of nothing', async () => {
      await expect(store.append(freshName(), [], 'any')).rejects.toThrow(RangeError);
    });
  });

  describe('a stream', () => {
    const stream = freshName();
    const length = 25;
    let ids: string[];
    beforeAll(async () => {
      const events = testEvents(length);
      ids = events.map(({ id }) => id);
      await appended(store, stream, ...events);
    });
    const read = async (options: Parameters<EventStore['readStream']>[1]): Promise<number[]> =>
      (await Array.fromAsync(store.readStream(stream, options))).map(({ revision }) => revision);

    it('is read from any place in both directions', async () => {
      const revisions = ids.map((_, index) => index);
      expect(await read({})).toEqual(revisions);
      expect(await read({ direction: 'backwards' })).toEqual(revisions.toReversed());
      for (const from of [0, 1, 12, 23, 24]) {
        expect(await read({ from })).toEqual(revisions.slice(from));
        expect(await read({ from, direction: 'backwards' })).toEqual(
          revisions.slice(0, from + 1).toReversed(),
        );
      }
    });

    it('is read up to a limit', async () => {
      expect(await read({ limit: 0 })).toEqual([]);
      expect(await read({ limit: 1, direction: 'backwards' })).toEqual([24]);
      expect(await read({ from: 10, limit: 3 })).toEqual([10, 11, 12]);
      expect(await read({ from: 10, limit: 3, direction: 'backwards' })).toEqual([10, 9, 8]);
      expect(await read({ from: 24, limit: 10 })).toEqual([24]);
    });

    it('has nothing beyond its end, and nothing at all if there is none', async () => {
      expect(await read({ from: 25 })).toEqual([]);
      expect(await Array.fromAsync(store.readStream(freshName()))).toEqual([]);
      expect(await Array.fromAsync(store.readStream(freshName(), { direction: 'backwards' }))).toEqual([]);
    });

    it('can be left in the middle, and the connection closes at once nevertheless', async () => {
      const long = freshName();
      await appended(store, long, ...testEvents(2000));
      const connection = under.connect();
      for (const limit of [undefined, 1, 100]) {
        for await (const event of connection.readStream(long, limit === undefined ? {} : { limit })) {
          expect(event.revision).toBe(0);
          break;
        }
      }
      const begin = performance.now();
      await connection.close();
      expect(performance.now() - begin).toBeLessThan(2000);
    });

    it('stops with the reason of its signal', async () => {
      const reason = new Error('enough');
      const stop = new AbortController();
      const seen: number[] = [];
      const reading = (async () => {
        for await (const { revision } of store.readStream(stream, { signal: stop.signal })) {
          seen.push(revision);
          if (revision === 3) stop.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
      expect(seen).toEqual([0, 1, 2, 3]);
      await expect(Array.fromAsync(store.readStream(stream, { signal: stop.signal }))).rejects.toBe(reason);
    });

    it('is read whole when it is long', async () => {
      const long = freshName();
      for (let begin = 0; begin < 6000; begin += 1000) await appended(store, long, ...testEvents(1000));
      let revision = 0;
      for await (const event of store.readStream(long)) expect(event.revision).toBe(revision++);
      expect(revision).toBe(6000);
    });
  });

  describe('all streams', () => {
    const prefix = freshName('all');
    let positions: bigint[];
    beforeAll(async () => {
      positions = [];
      for (let number = 0; number < 12; number += 1) {
        positions.push((await appended(store, `${prefix}-${number % 3}`, testEvent({ number }))).position);
      }
    });
    const read = async (options: Parameters<EventStore['readAll']>[0]): Promise<bigint[]> => {
      const events = await Array.fromAsync(store.readAll(options));
      return events.filter((event) => event.stream.startsWith(prefix)).map(({ position }) => position);
    };

    it('are read after a position, and backwards before it', async () => {
      expect(await read({ after: positions[4]! })).toEqual(positions.slice(5));
      expect(await read({ after: positions[11]! })).toEqual([]);
      const before = store.readAll({ after: positions[4]!, direction: 'backwards', limit: 4 });
      expect((await Array.fromAsync(before)).map(({ position }) => position)).toEqual(
        positions.slice(0, 4).toReversed(),
      );
    });

    it('are read backwards from the end', async () => {
      const newest: bigint[] = [];
      for await (const event of store.readAll({ direction: 'backwards' })) {
        if (event.stream.startsWith(prefix)) newest.push(event.position);
        if (event.position <= positions[0]!) break;
      }
      expect(newest).toEqual(positions.toReversed());
    });

    it('are read up to a limit', async () => {
      expect(await read({ after: positions[0]!, limit: 3 })).toEqual(positions.slice(1, 4));
      expect(await Array.fromAsync(store.readAll({ limit: 5 }))).toHaveLength(5);
      expect(await Array.fromAsync(store.readAll({ limit: 0 }))).toEqual([]);
    });

    it("are without the store's own", async () => {
      const first = await Array.fromAsync(store.readAll({ limit: 200 }));
      expect(first.filter(({ stream }) => stream.startsWith('$'))).toEqual([]);
      // Whoever counts on a store that begins empty is wrong.
      expect(first[0]!.position).toBeGreaterThan(0n);
    });
  });

  describe('the connection', () => {
    it('answers a ping', async () => {
      expect(await store.ping(5000)).toEqual({ ok: true, value: undefined });
    });

    it('refuses everything once it is closed', async () => {
      const connection = under.connect();
      await appended(connection, freshName(), testEvent());
      await connection.close();
      await connection.close();
      expect(await connection.append(freshName(), [testEvent()], 'any')).toMatchObject({
        ok: false,
        error: { code: 'unavailable' },
      });
      await expect(Array.fromAsync(connection.readStream(randomUUID()))).rejects.toThrow(StoreUnavailable);
      expect(await connection.ping(1000)).toMatchObject({ ok: false });
    });
  });
}
