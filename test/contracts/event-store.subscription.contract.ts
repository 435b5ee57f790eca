/** What every EventStore promises of subscriptions. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { EventStoreUnderTest } from './event-store.contract.ts';
import type { Gathering } from './support/eventstore.ts';
import { appended, freshName, gather, testEvent, testEvents } from './support/eventstore.ts';

export function eventStoreSubscriptionContract(under: EventStoreUnderTest): void {
  let store: EventStore;
  const open: Gathering[] = [];
  beforeAll(() => {
    store = under.connect();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((gathering) => gathering.stop()));
  });
  afterAll(() => store.close());

  const subscribe = (options: Parameters<typeof gather>[1]): Gathering => {
    const gathering = gather(store, options);
    open.push(gathering);
    return gathering;
  };
  const kinds = ({ messages }: Gathering): string[] =>
    messages.map(({ kind }) => kind).filter((kind) => kind !== 'checkpoint');

  describe('a subscription', () => {
    it('delivers what is there, says that it has caught up once, then what comes', async () => {
      const prefix = freshName('live');
      const old = testEvents(3);
      await appended(store, `${prefix}-a`, ...old);
      const gathering = subscribe({ streamPrefixes: [prefix] });
      await gathering.until('caught up', () => kinds(gathering).includes('caught-up'));
      expect(kinds(gathering)).toEqual(['event', 'event', 'event', 'caught-up']);
      const fresh = testEvents(3);
      for (const event of fresh) await appended(store, `${prefix}-b`, event);
      await gathering.until('new events', () => gathering.events.length === 6);
      expect(gathering.events.map(({ id }) => id)).toEqual([...old, ...fresh].map(({ id }) => id));
      expect(kinds(gathering).filter((kind) => kind === 'caught-up')).toHaveLength(1);
    });

    it('gives each event whole', async () => {
      const prefix = freshName('whole');
      const event = testEvent({ subject: 'Grüße' });
      const { position, revision } = await appended(store, prefix, event);
      const gathering = subscribe({ streamPrefixes: [prefix] });
      await gathering.until('the event', () => gathering.events.length === 1);
      const [read] = gathering.events;
      expect(read).toEqual({ ...event, stream: prefix, position, revision, recordedAt: read!.recordedAt });
    });

    it('goes on after a position', async () => {
      const prefix = freshName('after');
      const answers = [];
      for (const event of testEvents(6))
        answers.push(await appended(store, `${prefix}-${answers.length}`, event));
      const gathering = subscribe({ streamPrefixes: [prefix], after: answers[2]!.position });
      await gathering.until('the rest', () => gathering.events.length === 3);
      expect(gathering.events.map(({ position }) => position)).toEqual(
        answers.slice(3).map(({ position }) => position),
      );
    });

    it('leaves nothing out and doubles nothing while appends go on', async () => {
      const prefix = freshName('race');
      const total = 2000;
      const ids: string[] = [];
      let half = (): void => undefined;
      const halfway = new Promise<void>((resolve) => {
        half = resolve;
      });
      const writing = Promise.all(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let number = 0; number < total / 8; number += 1) {
            const event = testEvent({ writer, number });
            ids.push(event.id);
            await appended(store, `${prefix}-${writer}`, event);
            if (ids.length === total / 2) half();
          }
        }),
      );
      const early = subscribe({ streamPrefixes: [prefix] });
      await halfway;
      const late = subscribe({ streamPrefixes: [prefix] });
      await writing;
      for (const gathering of [early, late]) {
        await gathering.until('all events', () => gathering.events.length >= total);
        expect(gathering.events.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
        const positions = gathering.events.map(({ position }) => position);
        expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
        for (let writer = 0; writer < 8; writer += 1) {
          const numbers = gathering.events
            .filter(({ stream }) => stream === `${prefix}-${writer}`)
            .map(({ data }) => data['number']);
          expect(numbers).toEqual(Array.from({ length: total / 8 }, (_, number) => number));
        }
      }
    });

    it('delivers only the streams of its prefixes', async () => {
      const [wanted, also, other] = [freshName('wanted'), freshName('also'), freshName('other')];
      for (let round = 0; round < 5; round += 1) {
        for (const stream of [wanted, `x${wanted}`, `${also}-1`, other]) {
          await appended(store, stream, testEvent({ round }));
        }
      }
      const gathering = subscribe({ streamPrefixes: [wanted, also] });
      await gathering.until('caught up', () => kinds(gathering).includes('caught-up'));
      expect(gathering.events.map(({ stream }) => stream)).toEqual(
        Array.from({ length: 5 }, () => [wanted, `${also}-1`]).flat(),
      );
      expect(() => store.subscribeAll({ streamPrefixes: [], signal: AbortSignal.abort() })).not.toThrow();
      const none = store.subscribeAll({ streamPrefixes: [], signal: new AbortController().signal });
      await expect(Array.fromAsync(none)).rejects.toThrow(RangeError);
    });

    it('tells how far it has looked where nothing matches', async () => {
      const [quiet, noise] = [freshName('quiet'), freshName('noise')];
      const { position: begin } = await appended(store, quiet, testEvent());
      const gathering = subscribe({ streamPrefixes: [quiet], after: begin });
      await gathering.until('caught up', () => kinds(gathering).includes('caught-up'));
      let last = begin;
      const checkpoints = (): bigint[] =>
        gathering.messages.flatMap((message) => (message.kind === 'checkpoint' ? [message.position] : []));
      for (let round = 0; round < 10; round += 1) {
        last = (await appended(store, noise, ...testEvents(100))).position;
      }
      await gathering.until('a checkpoint beyond the noise', () =>
        checkpoints().some((position) => position > begin),
      );
      expect(gathering.events).toEqual([]);
      for (const position of checkpoints()) expect(position).toBeLessThanOrEqual(last);
      // What comes after a checkpoint lies after it, for whoever goes on from there.
      const { id } = testEvent();
      await appended(store, quiet, { ...testEvent(), id });
      const checkpoint = checkpoints().at(-1)!;
      const resumed = subscribe({ streamPrefixes: [quiet], after: checkpoint });
      await resumed.until('the event', () => resumed.events.length === 1);
      expect(resumed.events[0]!.id).toBe(id);
    });

    it('puts checkpoints and events in their order', async () => {
      const prefix = freshName('order');
      for (let round = 0; round < 10; round += 1) {
        await appended(store, `${prefix}-${round}`, ...testEvents(100));
        await appended(store, freshName('noise'), ...testEvents(100));
      }
      const gathering = subscribe({ streamPrefixes: [prefix] });
      await gathering.until('caught up', () => kinds(gathering).includes('caught-up'));
      expect(gathering.events).toHaveLength(1000);
      let last = -1n;
      for (const message of gathering.messages) {
        if (message.kind === 'caught-up') continue;
        const position = message.kind === 'event' ? message.event.position : message.position;
        if (message.kind === 'event') expect(position).toBeGreaterThan(last);
        else expect(position).toBeGreaterThanOrEqual(last);
        last = position;
      }
    });

    it("is without the store's own streams", async () => {
      const { position } = await appended(store, freshName(), testEvent());
      const gathering = subscribe({});
      await gathering.until(
        'some events',
        () => (gathering.events.at(-1)?.position ?? 0n) >= position,
        30_000,
      );
      expect(gathering.events.filter(({ stream }) => stream.startsWith('$'))).toEqual([]);
    });

    it('goes at the pace of a slow consumer and loses nothing', async () => {
      const prefix = freshName('slow');
      for (let begin = 0; begin < 3000; begin += 500)
        await appended(store, `${prefix}-1`, ...testEvents(500));
      const stop = new AbortController();
      let count = 0;
      for await (const message of store.subscribeAll({ streamPrefixes: [prefix], signal: stop.signal })) {
        if (message.kind !== 'event') continue;
        expect(message.event.revision).toBe(count);
        count += 1;
        if (count % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        if (count === 3000) break;
      }
      expect(count).toBe(3000);
    });

    it('ends when its signal aborts, when it is left, and when the connection closes', async () => {
      const connection = under.connect();
      const stop = new AbortController();
      const all = (signal: AbortSignal): Promise<unknown[]> =>
        Array.fromAsync(connection.subscribeAll({ streamPrefixes: [freshName()], signal }));
      const [aborted, closed] = [all(stop.signal), all(new AbortController().signal)];
      for await (const message of connection.subscribeAll({
        streamPrefixes: [freshName()],
        signal: stop.signal,
      })) {
        if (message.kind === 'caught-up') break;
      }
      stop.abort();
      await aborted;
      await connection.close();
      await closed;
      expect(await Array.fromAsync(store.subscribeAll({ signal: stop.signal }))).toEqual([]);
    });
  });
}
