/** What the port is too narrow to show, through the official client: both ways to append, filters, subscriptions to streams. */
import { randomUUID } from 'node:crypto';
import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import {
  DeadlineExceededError,
  EventStoreDBClient,
  MaxAppendSizeExceededError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  binaryEvent,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName } from './support/eventstore.ts';

type Json = ReturnType<typeof jsonEvent>;

const thing = (number = 0, type = 'ThingTested'): Json =>
  jsonEvent({ type, data: { number }, metadata: { by: 'test' } });
const things = (count: number): Json[] => Array.from({ length: count }, (_, number) => thing(number));

/** With credentials the client appends by a call of its own, without by one long call for all appends. */
const ways = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

export function eventStoreClientContract(url: () => string): void {
  let client: EventStoreDBClient;
  beforeAll(() => {
    client = EventStoreDBClient.connectionString(url());
  });
  afterAll(() => client.dispose());

  describe.each(ways)('%s', (_, options) => {
    it('answers revision and position, and the same again for the same events', async () => {
      const stream = freshName();
      const events = things(3);
      const first = await client.appendToStream(stream, events, {
        ...options,
        expectedRevision: 'no_stream',
      });
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 2n });
      expect(first.position!.commit).toBeGreaterThan(0n);
      for (const expectedRevision of ['no_stream', 'any'] as const) {
        expect(await client.appendToStream(stream, events, { ...options, expectedRevision })).toEqual(first);
      }
      const second = await client.appendToStream(stream, thing(), { ...options, expectedRevision: 2n });
      expect(second.nextExpectedRevision).toBe(3n);
      expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
    });

    it('says what was expected and what is', async () => {
      const stream = freshName();
      await client.appendToStream(stream, things(2));
      const cases = [
        [stream, 'no_stream', 1n],
        [stream, 5n, 1n],
        [freshName(), 'stream_exists', 'no_stream'],
        [freshName(), 4n, 'no_stream'],
      ] as const;
      for (const [name, expectedRevision, actualVersion] of cases) {
        const error: unknown = await client
          .appendToStream(name, thing(), { ...options, expectedRevision })
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
        expect(error).toMatchObject({ streamName: name, expectedVersion: expectedRevision, actualVersion });
      }
    });

    it('counts the data alone against the limit', async () => {
      const stream = freshName();
      const event = (dataBytes: number, metadataBytes: number): Json =>
        jsonEvent({
          type: 'Large',
          data: { text: 'x'.repeat(dataBytes) },
          metadata: { text: 'x'.repeat(metadataBytes) },
        });
      await client.appendToStream(stream, event(1_000_000, 200_000), options);
      await expect(client.appendToStream(stream, event(1_048_576, 0), options)).rejects.toBeInstanceOf(
        MaxAppendSizeExceededError,
      );
    });

    it('keeps octets as they are', async () => {
      const stream = freshName();
      const data = Uint8Array.from({ length: 256 }, (__, byte) => byte);
      const event = binaryEvent({ type: 'Octets', data, metadata: data });
      await client.appendToStream(stream, [event], options);
      for await (const resolved of client.readStream(stream)) {
        expect(resolved.event).toMatchObject({ id: event.id, isJson: false, type: 'Octets' });
        expect(Buffer.from(resolved.event!.data as Uint8Array)).toEqual(Buffer.from(data));
        expect(Buffer.from(resolved.event!.metadata as unknown as Uint8Array)).toEqual(Buffer.from(data));
      }
    });

    it('takes many events in one append, also cut into pieces', async () => {
      const stream = freshName();
      const events = things(5000);
      const result = await client.appendToStream(stream, events, { ...options, batchAppendSize: 4096 });
      expect(result.nextExpectedRevision).toBe(4999n);
      let next = 0;
      for await (const { event } of client.readStream(stream)) expect(event!.id).toBe(events[next++]!.id);
      expect(next).toBe(5000);
    });

    it('appends nothing after its deadline', async () => {
      const stream = freshName();
      await expect(
        client.appendToStream(stream, things(8000), { ...options, deadline: 1 }),
      ).rejects.toBeInstanceOf(DeadlineExceededError);
    });
  });

  it('appends of one client keep the order in which they were begun', async () => {
    const stream = freshName();
    const events = things(200);
    await Promise.all(events.map((event) => client.appendToStream(stream, event)));
    const read = await Array.fromAsync(client.readStream(stream));
    expect(read.map(({ event }) => event!.id)).toEqual(events.map(({ id }) => id));
  });

  it('a missing stream is told from an empty answer', async () => {
    await expect(Array.fromAsync(client.readStream(freshName()))).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  describe('a subscription to a stream', () => {
    it('begins after a revision, at the start or at the end, also before there is a stream', async () => {
      const stream = freshName();
      const waiting = take(client.subscribeToStream(stream), 4);
      await client.appendToStream(stream, things(3));
      const after = take(client.subscribeToStream(stream, { fromRevision: 0n }), 3);
      const end = client.subscribeToStream(stream, { fromRevision: 'end' });
      const caughtUp = new Promise<void>((resolve) => {
        end.once('caughtUp', resolve);
      });
      const atEnd = take(end, 1);
      await caughtUp;
      await client.appendToStream(stream, thing(3));
      const revisions = (events: ResolvedEvent[]): bigint[] => events.map(({ event }) => event!.revision);
      expect(revisions(await waiting)).toEqual([0n, 1n, 2n, 3n]);
      expect(revisions(await after)).toEqual([1n, 2n, 3n]);
      expect(revisions(await atEnd)).toEqual([3n]);
    });
  });

  describe('a filter of all streams', () => {
    const filters = [
      ['stream prefixes', (name: string) => streamNameFilter({ prefixes: [`a-${name}`, `b-${name}`] })],
      ['a stream regex', (name: string) => streamNameFilter({ regex: `^[ab]-${name}` })],
      ['type prefixes', (name: string) => eventTypeFilter({ prefixes: [`a-${name}`, `b-${name}`] })],
      ['a type regex', (name: string) => eventTypeFilter({ regex: `^[ab]-${name}$` })],
    ] as const;

    it.each(filters)('by %s', async (_, filter) => {
      const name = randomUUID();
      for (const letter of ['a', 'x', 'b', 'y', 'a']) {
        await client.appendToStream(`${letter}-${name}`, thing(0, `${letter}-${name}`));
      }
      const events = await take(client.subscribeToAll({ filter: filter(name) }), 3);
      expect(events.map(({ event }) => event!.streamId[0])).toEqual(['a', 'b', 'a']);
    });

    it('tells checkpoints every window times interval events', async () => {
      const name = freshName('checkpoints');
      const { position } = await client.appendToStream(name, thing());
      const checkpoints: bigint[] = [];
      const subscription = client.subscribeToAll({
        fromPosition: position!,
        filter: streamNameFilter({
          prefixes: [name],
          maxSearchWindow: 10,
          checkpointInterval: 2,
          checkpointReached: (__, { commit }) => void checkpoints.push(commit),
        }),
      });
      const caughtUp = new Promise<void>((resolve) => {
        subscription.once('caughtUp', resolve);
      });
      const taken = take(subscription, 100);
      await caughtUp;
      for (let index = 0; index < 100; index += 1) await client.appendToStream(name, thing(index));
      const events = await taken;
      // Others may append meanwhile, so there can be more.
      expect(checkpoints.length).toBeGreaterThanOrEqual(4);
      expect(checkpoints).toEqual(checkpoints.toSorted((a, b) => (a < b ? -1 : 1)));
      const positions = new Set(events.map(({ event }) => event!.position!.commit));
      expect(checkpoints.filter((commit) => positions.has(commit)).length).toBeGreaterThanOrEqual(4);
    });

    it('leaves system events out, of which a store has some', async () => {
      const name = freshName();
      await client.appendToStream(name, thing(0, name));
      const filtered = await takeUntil(client.subscribeToAll({ filter: excludeSystemEvents() }), name);
      expect(filtered.filter(({ event }) => event!.type.startsWith('$'))).toEqual([]);
      const [first] = await Array.fromAsync(client.readAll({ maxCount: 1 }));
      expect(first!.event!.type.startsWith('$')).toBe(true);
    });
  });

  it('all streams are read including the position that is named, backwards without it', async () => {
    const stream = freshName();
    const { position } = await client.appendToStream(stream, thing());
    await client.appendToStream(stream, thing());
    const [at] = await Array.fromAsync(client.readAll({ fromPosition: position!, maxCount: 1 }));
    expect(at!.event!.position).toEqual(position);
    const [before] = await Array.fromAsync(
      client.readAll({ fromPosition: position!, direction: 'backwards', maxCount: 1 }),
    );
    expect(before!.event!.position!.commit).toBeLessThan(position!.commit);
  });
}

type Subscription<T> = AsyncIterable<T> & { unsubscribe(): Promise<void> };

/** The next events, then the subscription is ended. */
async function take<T>(subscription: Subscription<T>, count: number): Promise<T[]> {
  const events: T[] = [];
  for await (const event of subscription) {
    events.push(event);
    if (events.length === count) break;
  }
  await subscription.unsubscribe();
  return events;
}

async function takeUntil(
  subscription: Subscription<AllStreamResolvedEvent>,
  type: string,
): Promise<AllStreamResolvedEvent[]> {
  const events: AllStreamResolvedEvent[] = [];
  for await (const event of subscription) {
    events.push(event);
    if (event.event!.type === type) break;
  }
  await subscription.unsubscribe();
  return events;
}
