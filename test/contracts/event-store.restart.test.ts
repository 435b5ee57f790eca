/** Connections to an event store that goes away, comes back, or hangs. */
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { connectEventStore } from '@sluice/eventstoredb';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEventStoreProcess } from './support/eventstore-process.ts';
import type { TestEventStore } from './support/eventstore.ts';
import {
  appended,
  freshName,
  gather,
  readIds,
  startTestEventStore,
  testEvent,
  testEvents,
} from './support/eventstore.ts';

describe('an event store that restarts', () => {
  let server: TestEventStore;
  let store: EventStore;
  let interruptions: string[];
  beforeEach(async () => {
    server = await startTestEventStore();
    interruptions = [];
    store = connectEventStore(server.url, { onInterruption: (reason) => interruptions.push(reason) });
  });
  afterEach(async () => {
    await store.close();
    await server.dispose();
  });

  it('keeps everything, and positions go on growing', async () => {
    const stream = freshName();
    const events = testEvents(20);
    const before = await appended(store, stream, ...events);
    await server.stop();
    await server.startAgain();
    expect(await readIds(store, stream)).toEqual(events.map(({ id }) => id));
    // The same append again is known after a restart, too.
    expect(await store.append(stream, events, 'any')).toEqual({ ok: true, value: before });
    const after = await appended(store, stream, testEvent());
    expect(after.revision).toBe(20);
    expect(after.position).toBeGreaterThan(before.position);
  });

  it('has subscriptions go on where they were, without gap or doubling', async () => {
    const prefix = freshName('live');
    const gathering = gather(store, { streamPrefixes: [prefix] });
    const events = testEvents(60);
    for (const event of events.slice(0, 20)) await appended(store, `${prefix}-1`, event);
    await gathering.until('the first events', () => gathering.events.length === 20);
    for (const part of [events.slice(20, 40), events.slice(40)]) {
      await server.stop();
      await server.startAgain();
      for (const event of part) await appended(store, `${prefix}-1`, event);
      const last = part.at(-1)!.id;
      await gathering.until('the events after it', () => gathering.events.at(-1)?.id === last);
    }
    expect(gathering.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(gathering.messages.filter(({ kind }) => kind === 'caught-up')).toHaveLength(1);
    expect(interruptions.length).toBeGreaterThanOrEqual(2);
    await gathering.stop();
  });

  it('has appends that were under way done once, in order', async () => {
    const streams = Array.from({ length: 16 }, () => freshName());
    let done = 0;
    let half = (): void => undefined;
    const halfway = new Promise<void>((resolve) => {
      half = resolve;
    });
    const writing = streams.map(async (stream) => {
      const ids: string[] = [];
      for (let number = 0; number < 40; number += 1) {
        const event = testEvent({ number });
        ids.push(event.id);
        await appended(store, stream, event);
        done += 1;
        if (done === 300) half();
      }
      return ids;
    });
    await halfway;
    await server.stop();
    await server.startAgain();
    for (const [index, ids] of (await Promise.all(writing)).entries()) {
      expect(await readIds(store, streams[index]!)).toEqual(ids);
    }
  });

  it('answers in time while it is away', async () => {
    const impatient = connectEventStore(server.url, { appendDeadlineMs: 400 });
    const stream = freshName();
    await appended(impatient, stream, testEvent());
    await server.stop();
    const begin = performance.now();
    expect(await impatient.append(stream, [testEvent()], 'any')).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    });
    await expect(readIds(impatient, stream)).rejects.toThrow(StoreUnavailable);
    await expect(Array.fromAsync(impatient.readAll())).rejects.toThrow(StoreUnavailable);
    expect(await impatient.ping(500)).toMatchObject({ ok: false });
    expect(performance.now() - begin).toBeLessThan(4000);
    await server.startAgain();
    await appended(impatient, stream, testEvent());
    expect(await readIds(impatient, stream)).toHaveLength(2);
    await impatient.close();
  });

  it('tells so even who takes no answers at the moment, and could not come to the end of them', async () => {
    const client = EventStoreDBClient.connectionString(server.url);
    const text = 'x'.repeat(1_000);
    const events = () => Array.from({ length: 500 }, () => jsonEvent({ type: 'Large', data: { text } }));
    for (let batch = 0; batch < 8; batch += 1) await client.appendToStream('large', events());
    const reading = client.readStream('large')[Symbol.asyncIterator]();
    await reading.next();
    await server.stop();
    const readOn = async (): Promise<void> => {
      while ((await reading.next()).done !== true);
    };
    expect(await readOn().catch((error: unknown) => error)).toMatchObject({ type: 'cancelled' });
    await client.dispose();
  });

  it('tells its open calls that it cancelled them', async () => {
    const client = EventStoreDBClient.connectionString(server.url);
    const subscription = client.subscribeToAll();
    const ended = new Promise((resolve) => {
      subscription.once('error', resolve);
    });
    await new Promise<void>((resolve) => {
      subscription.once('caughtUp', resolve);
      subscription.resume();
    });
    const begin = performance.now();
    await server.stop();
    expect(performance.now() - begin).toBeLessThan(1500);
    expect(await ended).toMatchObject({ type: 'cancelled' });
    await client.dispose();
  });
});

describe('an event store that hangs', () => {
  it('costs an append its deadline, and the repetition is no second event', async () => {
    const server = await startEventStoreProcess();
    const store = connectEventStore(server.url, { appendDeadlineMs: 700, readDeadlineMs: 300 });
    try {
      const stream = freshName();
      await appended(store, stream, testEvent());
      server.signal('SIGSTOP');
      const event = testEvent();
      const begin = performance.now();
      expect(await store.append(stream, [event], 'any')).toMatchObject({
        ok: false,
        error: { code: 'unavailable' },
      });
      await expect(readIds(store, stream)).rejects.toThrow(StoreUnavailable);
      expect(await store.ping(300)).toMatchObject({ ok: false });
      expect(performance.now() - begin).toBeLessThan(5000);
      server.signal('SIGCONT');
      await appended(store, stream, event);
      expect(await readIds(store, stream)).toHaveLength(2);
    } finally {
      server.signal('SIGCONT');
      await store.close();
      await server.dispose();
    }
  });
});
