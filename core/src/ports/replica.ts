/** Port: the edge's own copy of policies, routes and keys, so that it needs nobody to judge. */
import type { Feed, ReplicaDomain } from '../handover/feed.ts';
import type { Policy } from '../policy/policy.ts';

/** One domain pinned for a transaction: its policy does not change under it. */
export interface PinnedDomain extends Omit<ReplicaDomain, 'policy'> {
  readonly policy: Policy;
}

export interface Replica {
  /** The domain of that name (lower case), from memory; undefined if we do not know it. The same object until it changes. */
  domain(name: string): PinnedDomain | undefined;
  domainById(domainId: string): PinnedDomain | undefined;
  /** False until a first feed has been applied, ever: such an edge answers 451. */
  isReady(): boolean;
  /** ISO 8601 of the last time the feed was known to be current; undefined if never. */
  confirmedAt(): string | undefined;
  /** Position to ask the feed after. */
  position(): string | undefined;
  /** Stores a feed durably and makes it visible at once. `at`: now, ISO 8601. */
  apply(feed: Feed, at: string): void;
  close(): void;
}
