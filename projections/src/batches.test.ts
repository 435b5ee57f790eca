/** Batches of a subscription: whole, in order, soon, and no more than asked for. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { SubscriptionMessage } from '@sluice/core/ports/event-store.ts';
import { batches, type Batch } from './batches.ts';

const event = (number: number): SubscriptionMessage => ({
  kind: 'event',
  event: { position: BigInt(number), revision: number } as RecordedEvent,
});

async function* from(
  messages: readonly (SubscriptionMessage | number)[],
): AsyncGenerator<SubscriptionMessage> {
  for (const message of messages) {
    if (typeof message === 'number') await pause(message);
    else yield message;
  }
}

const all = (messages: AsyncIterable<SubscriptionMessage>, maxEvents = 10, head?: bigint): Promise<Batch[]> =>
  Array.fromAsync(batches(messages, { maxEvents, head }));

const revisions = (list: readonly Batch[]) =>
  list.map((batch) => batch.events.map(({ revision }) => revision));

describe('batches', () => {
  it('hold at most so many events, in order, and all of them', async () => {
    const messages = Array.from({ length: 25 }, (_, index) => event(index));
    expect(revisions(await all(from(messages)))).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
      [20, 21, 22, 23, 24],
    ]);
  });

  it('do not wait for others for long', async () => {
    const began = performance.now();
    const first = await batches(from([event(1), 2_000, event(2)]), { maxEvents: 10, head: undefined }).next();
    expect(first.value?.events).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('move on with a checkpoint that comes after the last event', async () => {
    const [batch] = await all(from([event(1), { kind: 'checkpoint', position: 9n }]));
    expect(batch).toMatchObject({ position: 9n, isCaughtUp: false });
  });

  it('say when they are caught up, being at the end of the log at least', async () => {
    expect(await all(from([event(3), { kind: 'caught-up' }, 200, event(12)]), 10, 8n)).toMatchObject([
      { position: 8n, isCaughtUp: true },
      { position: 12n, isCaughtUp: false },
    ]);
    expect(await all(from([event(3), { kind: 'caught-up' }]), 10, 2n)).toMatchObject([{ position: 3n }]);
  });

  it('are caught up with an empty log', async () => {
    expect(await all(from([{ kind: 'caught-up' }]))).toMatchObject([
      { events: [], position: undefined, isCaughtUp: true },
    ]);
  });

  it('pass on what the subscription failed of, after what came before', async () => {
    async function* failing(): AsyncGenerator<SubscriptionMessage> {
      yield event(1);
      throw new Error('broken');
    }
    const seen: Batch[] = [];
    const reading = (async () => {
      for await (const batch of batches(failing(), { maxEvents: 10, head: undefined })) seen.push(batch);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(revisions(seen)).toEqual([[1]]);
  });
});
