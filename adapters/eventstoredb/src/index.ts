/** EventStore port on the official EventStoreDB client, and whole logs as bytes. */
export { connectEventStore } from './connect.ts';
export type { StoreFailure } from './failure.ts';
export { explainFailure } from './failure.ts';
export { connectionFault } from './open-client.ts';
export type { EventStoreOptions } from './options.ts';
export type { CopyProgress } from './raw/copy.ts';
export { copyEvents } from './raw/copy.ts';
export { ForeignEvents } from './raw/copy-resume.ts';
export type { RawEvent } from './raw/raw-event.ts';
export { openRawLog, type RawLog } from './raw/open-raw-log.ts';
