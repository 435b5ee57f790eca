/** The operator's lists as they were, read from their stream once for any number of decisions. */
import { createEventCodec } from '../kernel/event-codec.ts';
import type { ListEntry, ServiceLists } from '../policy/policy.ts';
import {
  serviceListFormats,
  serviceListsDecider,
  type ServiceListEvent,
  serviceListsStream,
} from '../service/service-lists.ts';
import type { DecisionLog } from './read-decisions.ts';

/** By revision of their stream; without one: the newest. Undefined for one that there is not, or that cannot be opened any more. */
export type ServiceListsAt = (revision?: number) => ServiceLists | undefined;

/** Throws StoreUnavailable. */
export async function loadServiceLists({
  store,
  vault,
}: Pick<DecisionLog, 'store' | 'vault'>): Promise<ServiceListsAt> {
  const codec = createEventCodec<ServiceListEvent>(serviceListFormats, vault);
  const states: ServiceLists[] = [];
  let lists: readonly ListEntry[] = serviceListsDecider.initialState;
  for await (const recorded of store.readStream(serviceListsStream)) {
    const decoded = await codec.decode(recorded);
    if (!decoded.ok) break;
    lists = serviceListsDecider.evolve(lists, decoded.value);
    states.push({ revision: recorded.revision, lists });
  }
  return (revision = states.length - 1) => states[revision];
}
