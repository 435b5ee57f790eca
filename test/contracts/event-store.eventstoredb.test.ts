/** The same contract on any EventStoreDB or KurrentDB; needs a connection string in SLUICE_EVENTSTORE_URL. */
import { connectEventStore } from '@sluice/eventstoredb';
import { describe } from 'vitest';
import { eventStoreClientContract } from './event-store.client.contract.ts';
import { eventStoreContract } from './event-store.contract.ts';
import { eventStoreExpectationsContract } from './event-store.expectations.contract.ts';
import { eventStoreStreamEndsContract } from './event-store.stream-ends.contract.ts';
import { eventStoreSubscriptionContract } from './event-store.subscription.contract.ts';

const url = process.env['SLUICE_EVENTSTORE_URL'] ?? '';

describe.skipIf(url === '')('the event store at SLUICE_EVENTSTORE_URL (needs one)', () => {
  const connect = (): ReturnType<typeof connectEventStore> => connectEventStore(url);
  eventStoreContract({ connect });
  eventStoreSubscriptionContract({ connect });
  eventStoreClientContract(() => url);
  eventStoreExpectationsContract(() => url);
  eventStoreStreamEndsContract(() => url);
});
