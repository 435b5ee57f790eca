/**
 * What the intake feeds to edges: `GET /v1/feed?after=POSITION&waitMs=N` answers JSON `Feed` with all domains that
 * changed after the position, at once if there are any, else when one changes or the time is over.
 */
import type { DomainStatus } from '../domain/domain.ts';
import type { ListEntry, Policy } from '../policy/policy.ts';
import type { RouteHost } from '../ports/delivery.ts';
import type { DataKey } from '../ports/vault.ts';

/** One domain as an edge needs it. */
export interface ReplicaDomain {
  readonly domainId: string;
  readonly accountId: string;
  /** Lower case. */
  readonly name: string;
  readonly status: DomainStatus;
  /** ISO 8601, of a removed domain. */
  readonly removedAt?: string;
  readonly policy: Omit<Policy, 'serviceLists' | 'serviceRevision'>;
  readonly route: readonly RouteHost[];
  /** Set by the operator: it may lead to private addresses. Missing in replicas of older versions: not known yet. */
  readonly routeTrusted?: boolean;
  /** False: accepted mail does not tell its verdict in its header. */
  readonly verdictHeader?: boolean;
  /** Key for sealing what the edge records for this domain. */
  readonly dataKey: DataKey;
}

export interface Feed {
  /** In the order of their changes. */
  readonly domains: readonly ReplicaDomain[];
  /** All of them, each time. */
  readonly serviceLists: readonly ListEntry[];
  /** Revision of the stream that those are of. Missing: there never were any. */
  readonly serviceRevision?: number;
  /** Ask after this next; decimal string. */
  readonly next: string;
  /** True if there is more now: ask again at once. */
  readonly more: boolean;
}
