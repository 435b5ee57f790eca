/** Reads signed roots and the leaves under them. */
import type { EventStore } from '../ports/event-store.ts';
import { type DomainLeaf, rootLeavesStream, rootsStream, type SignedRoot } from './root.ts';

/** The leaves of a day's tree, in their order. */
export async function* leavesOfDay(store: EventStore, day: string): AsyncGenerator<DomainLeaf, void> {
  for await (const event of store.readStream(rootLeavesStream(day))) {
    // Nobody else writes to these streams.
    yield* event.data['leaves'] as unknown as readonly DomainLeaf[];
  }
}

/** Signed roots in the order of their days, beginning with the `from`th. */
export async function* readRoots(
  store: EventStore,
  options: { readonly from?: number; readonly limit?: number } = {},
): AsyncGenerator<SignedRoot, void> {
  for await (const { data } of store.readStream(rootsStream, options)) {
    const { statement, key, signature } = data as unknown as SignedRoot;
    yield { statement, key, signature };
  }
}
