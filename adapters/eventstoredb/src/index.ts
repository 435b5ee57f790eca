/** EventStore port on the official EventStoreDB client. */
export { connectEventStore } from './connect.ts';
export type { EventStoreOptions } from './options.ts';
