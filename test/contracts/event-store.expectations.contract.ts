/** Expected revisions and appends that come again, on both ways to append, through the official client. */
import type { AppendResult } from '@eventstore/db-client';
import { EventStoreDBClient, WrongExpectedVersionError, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName } from './support/eventstore.ts';

type Json = ReturnType<typeof jsonEvent>;
const things = (count: number): Json[] =>
  Array.from({ length: count }, (_, number) => jsonEvent({ type: 'ThingTested', data: { number } }));

const ways = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

export function eventStoreExpectationsContract(url: () => string): void {
  let client: EventStoreDBClient;
  beforeAll(() => {
    client = EventStoreDBClient.connectionString(url());
  });
  afterAll(() => client.dispose());

  describe.each(ways)('an append by %s that comes again', (_, way) => {
    type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';
    const append = (stream: string, events: Json[], expectedRevision: Expected): Promise<AppendResult> =>
      client.appendToStream(stream, events, { ...way, expectedRevision });
    const count = async (stream: string): Promise<number> =>
      (await Array.fromAsync(client.readStream(stream))).length;

    it.each(['no_stream', 'any'] as const)('is answered as at first, expected %s', async (expected) => {
      const stream = freshName();
      const events = things(3);
      const first = await append(stream, events, expected);
      await append(stream, things(2), 2n);
      expect(await append(stream, events, expected)).toEqual(first);
      expect(await count(stream)).toBe(5);
    });

    it('is answered as at first, expected a revision or a stream that exists', async () => {
      const stream = freshName();
      await append(stream, things(2), 'no_stream');
      const [byRevision, byExistence] = [things(2), things(2)];
      const first = await append(stream, byRevision, 1n);
      const second = await append(stream, byExistence, 'stream_exists');
      expect(await append(stream, byRevision, 1n)).toEqual(first);
      expect(await append(stream, byExistence, 'stream_exists')).toEqual(second);
      expect(await count(stream)).toBe(6);
    });

    it('is answered by its own end when it is a part of what came before', async () => {
      const stream = freshName();
      const events = things(4);
      await append(stream, events, 'no_stream');
      expect((await append(stream, events.slice(0, 2), 'no_stream')).nextExpectedRevision).toBe(1n);
      expect((await append(stream, events.slice(1, 3), 0n)).nextExpectedRevision).toBe(2n);
      expect((await append(stream, events.slice(2), 'any')).nextExpectedRevision).toBe(3n);
      expect(await count(stream)).toBe(4);
    });

    it('is refused when only some of its events came before, or elsewhere', async () => {
      const stream = freshName();
      const events = things(3);
      await append(stream, events, 'no_stream');
      const [fresh] = things(1);
      const mixed: [Json[], Expected][] = [
        [[...events, fresh!], 'no_stream'],
        [[...events, fresh!], 'any'],
        [[events[0]!, fresh!], 'no_stream'],
        [[events[1]!, events[0]!], 'any'],
        [[events[1]!], 'no_stream'],
        [[fresh!], 0n],
      ];
      for (const [again, expected] of mixed) {
        await expect(append(stream, again, expected)).rejects.toBeInstanceOf(WrongExpectedVersionError);
      }
      expect(await count(stream)).toBe(3);
    });

    it('is new in another stream, under the same ids', async () => {
      const events = things(2);
      const [one, other] = [freshName(), freshName()];
      await append(one, events, 'any');
      await append(other, events, 'any');
      expect(await count(other)).toBe(2);
    });
  });

  it('a subscription tells that it fell behind, and that it has caught up again', async () => {
    const stream = freshName();
    const told: string[] = [];
    const subscription = client.subscribeToStream(stream);
    const last = Promise.withResolvers<void>();
    subscription.on('caughtUp', () => told.push('caught up'));
    subscription.on('fellBehind' as 'caughtUp', () => told.push('fell behind'));
    await new Promise((resolve) => subscription.once('confirmation', resolve));
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Nobody reads while far more comes than a connection holds.
    const big = (number: number): Json =>
      jsonEvent({ type: 'ThingTested', data: { number, text: 'x'.repeat(100_000) } });
    for (let number = 0; number < 200; number += 5) {
      await client.appendToStream(
        stream,
        Array.from({ length: 5 }, (_, index) => big(number + index)),
      );
    }
    let next = 0n;
    subscription.on('data', ({ event }) => {
      expect(event!.revision).toBe(next);
      next += 1n;
      if (next === 200n) last.resolve();
    });
    await last.promise;
    await new Promise((resolve) => setTimeout(resolve, 200));
    await subscription.unsubscribe();
    // A server may take the whole of it for live; if it does not, it says so both times, in turns.
    expect(told[0]).toBe('caught up');
    for (const [index, word] of told.entries()) {
      expect(word).toBe(index % 2 === 0 ? 'caught up' : 'fell behind');
    }
    expect(told.at(-1)).toBe('caught up');
  });
}
