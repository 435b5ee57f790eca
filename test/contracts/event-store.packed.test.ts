/** The EventStore port, and the protocol below it, on an embedded event store that packs at every commit whatever it may. */
import { connectEventStore } from '@sluice/eventstoredb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStoreClientContract } from './event-store.client.contract.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { eventStoreExpectationsContract } from './event-store.expectations.contract.ts';
import { eventStoreStreamEndsContract } from './event-store.stream-ends.contract.ts';
import { eventStoreSubscriptionContract } from './event-store.subscription.contract.ts';
import type { TestEventStore } from './support/eventstore.ts';
import { appended, freshName, startTestEventStore, testEvents } from './support/eventstore.ts';

describe('the embedded event store, all packed', () => {
  let server: TestEventStore;
  beforeAll(async () => {
    server = await startTestEventStore({ packing: { events: 1, mostWaitingBytes: 0 } });
  });
  afterAll(() => server.dispose());

  const connect = (): ReturnType<typeof connectEventStore> => connectEventStore(server.url);
  eventStoreContract({ connect });
  eventStoreSubscriptionContract({ connect });
  eventStoreClientContract(() => server.url);
  eventStoreExpectationsContract(() => server.url);
  eventStoreStreamEndsContract(() => server.url);

  it('has the same events when it is started again', async () => {
    const store = connect();
    const stream = freshName();
    await appended(store, stream, ...testEvents(300));
    const before = await Array.fromAsync(store.readStream(stream));
    await server.stop();
    await server.startAgain();
    expect(await Array.fromAsync(store.readStream(stream))).toEqual(before);
    expect(before.map(({ revision }) => revision)).toEqual(before.map((_, index) => index));
    await store.close();
  });
});
