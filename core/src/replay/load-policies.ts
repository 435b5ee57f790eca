/** The policies of a domain as they were, the operator's lists included, read from their streams once for any number of decisions. */
import { type DomainEvents, domainFormats, domainStream } from '../domain/domain.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import { type PolicyAt, policyAt } from './judge-again.ts';
import { loadServiceLists } from './load-service-lists.ts';
import type { DecisionLog } from './read-decisions.ts';

/**
 * By revisions of both streams; undefined for a revision that there is not, or from the first event on that cannot be
 * opened any more. Throws StoreUnavailable.
 */
export async function loadPolicies({ store, vault }: DecisionLog, domainId: string): Promise<PolicyAt> {
  const codec = createEventCodec<DomainEvents>(domainFormats, vault);
  const events: DomainEvents[] = [];
  for await (const recorded of store.readStream(domainStream(domainId))) {
    const decoded = await codec.decode(recorded);
    if (!decoded.ok) break;
    events.push(decoded.value);
  }
  return policyAt(events, await loadServiceLists({ store, vault }));
}
