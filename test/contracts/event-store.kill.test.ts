/** Ten times kill -9 of the embedded event store under writers: what was acknowledged is there, once, and in order. */
import { DatabaseSync } from 'node:sqlite';
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

describe.each(['late', 'early'] as const)(
  'an embedded event store that packs %s, under kill -9,',
  (packs) => {
    let server: EventStoreProcess;
    beforeAll(async () => {
      server = await startEventStoreProcess(packs);
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
      await server.kill();
      expect(blocksIn(server.file)).toBeGreaterThan(packs === 'early' ? 10 : -1);
    });
  },
);

/** After a kill there is a log to be recovered; what comes of it is whole. */
function blocksIn(file: string): number {
  const database = new DatabaseSync(file);
  try {
    expect(Object.values(database.prepare('PRAGMA integrity_check').get() ?? {})).toEqual(['ok']);
    return Number(database.prepare('SELECT count(*) AS count FROM blocks').get()?.['count']);
  } finally {
    database.close();
  }
}

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
