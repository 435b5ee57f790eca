/** The methods of this server by their path, in the one list that GetSupportedMethods tells clients too. */
import type { Method } from '../grpc/server.ts';
import type { Store } from '../store/store.ts';
import { appendMethod } from './append.ts';
import { batchAppendMethod } from './batch-append.ts';
import { endStreamMethod } from './end-stream.ts';
import { gossipMethod } from './gossip.ts';
import { readMethod } from './read.ts';
import { supportedMethods } from './server-features.ts';

export function createServices(store: Store): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>([
    ['/event_store.client.streams.Streams/Read', readMethod(store)],
    ['/event_store.client.streams.Streams/Append', appendMethod(store)],
    ['/event_store.client.streams.Streams/BatchAppend', batchAppendMethod(store)],
    ['/event_store.client.streams.Streams/Delete', endStreamMethod(store, 'delete')],
    ['/event_store.client.streams.Streams/Tombstone', endStreamMethod(store, 'tombstone')],
    ['/event_store.client.gossip.Gossip/Read', gossipMethod(store)],
  ]);
  const features = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';
  return methods.set(features, supportedMethods([...methods.keys(), features]));
}
