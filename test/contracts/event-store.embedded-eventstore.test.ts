/** The EventStore port, and the protocol below it, on the embedded event store. */
import { connectEventStore } from '@sluice/eventstoredb';
import { afterAll, beforeAll, describe } from 'vitest';
import { eventStoreClientContract } from './event-store.client.contract.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { eventStoreExpectationsContract } from './event-store.expectations.contract.ts';
import { eventStoreStreamEndsContract } from './event-store.stream-ends.contract.ts';
import { eventStoreSubscriptionContract } from './event-store.subscription.contract.ts';
import type { TestEventStore } from './support/eventstore.ts';
import { startTestEventStore } from './support/eventstore.ts';

describe('the embedded event store', () => {
  let server: TestEventStore;
  beforeAll(async () => {
    server = await startTestEventStore();
  });
  afterAll(() => server.dispose());

  const connect = (): ReturnType<typeof connectEventStore> => connectEventStore(server.url);
  eventStoreContract({ connect });
  eventStoreSubscriptionContract({ connect });
  eventStoreClientContract(() => server.url);
  eventStoreExpectationsContract(() => server.url);
  eventStoreStreamEndsContract(() => server.url);
});
