/** The methods of this server by their path, in the one list that GetSupportedMethods tells clients too. */
import type { GroupCommit } from '../store/group-commit.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Method } from '../grpc/server.ts';
import { appendMethod } from './append.ts';
import { batchAppendMethod } from './batch-append.ts';
import { readMethod } from './read.ts';
import { supportedMethods } from './server-features.ts';

/** What the methods work on. */
export interface Store {
  readonly log: EventLog;
  readonly commits: GroupCommit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createServices(store: Store): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>([
    ['/event_store.client.streams.Streams/Read', readMethod(store)],
    ['/event_store.client.streams.Streams/Append', appendMethod(store)],
    ['/event_store.client.streams.Streams/BatchAppend', batchAppendMethod(store)],
  ]);
  const features = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';
  return methods.set(features, supportedMethods([...methods.keys(), features]));
}
