/** Ten times kill -9 of the embedded event store under writers: what was acknowledged is there, once, and in order. */
import { setTimeout as wait } from 'node:timers/promises';
import { connectEventStore } from '@sluice/eventstoredb';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventStoreProcess } from './support/eventstore-process.ts';
import { startEventStoreProcess } from './support/eventstore-process.ts';
import { freshName, testEvent } from './support/eventstore.ts';
import { eventually } from './support/eventually.ts';

const rounds = 10;
const writers = 24;

interface Acknowledged {
  readonly stream: string;
  readonly id: string;
  readonly number: number;
  readonly revision: number;
  readonly position: bigint;
}

describe('the embedded event store under kill -9', () => {
  let server: EventStoreProcess;
  beforeAll(async () => {
    server = await startEventStoreProcess();
  });
  afterAll(() => server.dispose());

  it(`loses and doubles nothing in ${rounds} rounds`, { timeout: 120_000 }, async () => {
    const store = connectEventStore(server.url, { appendDeadlineMs: 30_000 });
    const acknowledged: Acknowledged[] = [];
    let isOver = false;
    const stream = freshName('kill');
    const writing = Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        write(store, `${stream}-${writer}`, {
          acknowledged,
          expecting: writer % 2 === 0,
          isOver: () => isOver,
        }),
      ),
    );
    for (let round = 0; round < rounds; round += 1) {
      const before = acknowledged.length;
      // A round is one only when appends are under way, however long the clients take to find the server again.
      await eventually('an append is acknowledged', () => acknowledged.length > before);
      await wait(Math.random() * 400);
      await server.kill();
      await server.startAgain();
    }
    isOver = true;
    await writing;

    for (let writer = 0; writer < writers; writer += 1) {
      const mine = acknowledged.filter((one) => one.stream === `${stream}-${writer}`);
      const stored = await Array.fromAsync(store.readStream(`${stream}-${writer}`));
      // Each writer repeats an append until it is acknowledged, so nothing else can be there.
      expect(
        stored.map(({ id, revision, position, data }) => ({
          id,
          revision,
          position,
          number: data['number'],
        })),
      ).toEqual(mine.map(({ id, revision, position, number }) => ({ id, revision, position, number })));
      expect(mine.map(({ revision }) => revision)).toEqual(mine.map((_, index) => index));
    }
    await store.close();
  });
});

/** One append after the other; half of the writers say which revision they expect. */
async function write(
  store: EventStore,
  stream: string,
  options: { acknowledged: Acknowledged[]; expecting: boolean; isOver: () => boolean },
): Promise<void> {
  for (let number = 0; !options.isOver(); number += 1) {
    const event = testEvent({ number });
    const expected = number === 0 ? 'no-stream' : number - 1;
    const result = await store.append(stream, [event], options.expecting ? expected : 'any');
    if (!result.ok) throw new Error(`append ${number} of ${stream}: ${JSON.stringify(result.error)}`);
    options.acknowledged.push({ stream, id: event.id, number, ...result.value });
  }
}
