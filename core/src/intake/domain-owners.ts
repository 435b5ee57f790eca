/** Whose a domain is, asked of its own stream once and remembered: a domain never changes its account. */
import { domainFormats, domainStream } from '../domain/domain.ts';
import type { EventStore } from '../ports/event-store.ts';

export interface DomainOwners {
  /** Undefined: there is no such domain. Throws StoreUnavailable. */
  accountOf(domainId: string): Promise<string | undefined>;
}

const keptDomains = 50_000;

export function createDomainOwners(store: EventStore): DomainOwners {
  const known = new Map<string, string>();
  return {
    async accountOf(domainId) {
      const remembered = known.get(domainId);
      if (remembered !== undefined) return remembered;
      for await (const first of store.readStream(domainStream(domainId), { limit: 1 })) {
        const { accountId } = first.data;
        if (!Object.hasOwn(domainFormats, first.type) || typeof accountId !== 'string') return undefined;
        const [oldest] = known.keys();
        if (known.size >= keptDomains && oldest !== undefined) known.delete(oldest);
        known.set(domainId, accountId);
        return accountId;
      }
      return undefined;
    },
  };
}
