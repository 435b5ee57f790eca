/** The edge's copy of policies, routes and keys: served from memory, durable in SQLite. */
import type { Feed, ReplicaDomain } from '@sluice/core/handover/feed.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import type { PinnedDomain, Replica } from '@sluice/core/ports/replica.ts';
import { openReplicaFile, type FeedState } from './replica-file.ts';

interface Known {
  readonly source: string;
  readonly pinned: PinnedDomain;
}

/**
 * `file` is made (mode 0600) if there is none; one process at a time. Throws `EdgeFileError` if it cannot be used. Ready only
 * once a feed was complete (`more: false`): with the first half of the domains an edge would refuse the mail of the other.
 */
export function openReplica({ file }: { readonly file: string }): Replica {
  const stored = openReplicaFile(file);
  const byId = new Map<string, Known>();
  const byName = new Map<string, PinnedDomain>();
  let state: FeedState | undefined = stored.state();

  const learn = (domain: ReplicaDomain, service: ServicePart): void => {
    const source = JSON.stringify(domain);
    if (byId.get(domain.domainId)?.source === source) return;
    pin({ source, pinned: { ...domain, policy: { ...domain.policy, ...partFor(domain, service) } } });
  };
  const pin = (known: Known): void => {
    byId.set(known.pinned.domainId, known);
    if (!isOvertaken(known.pinned, byName.get(known.pinned.name))) {
      byName.set(known.pinned.name, known.pinned);
    }
  };
  const pinService = (service: ServicePart): void => {
    for (const { source, pinned } of byId.values()) {
      const { serviceLists: _, serviceRevision: __, ...policy } = pinned.policy;
      pin({ source, pinned: { ...pinned, policy: { ...policy, ...partFor(pinned, service) } } });
    }
  };

  const kept = stored.domains();
  for (const domain of kept) learn(domain, servicePart(state));
  // Written by a version that did not tell routes of the operator's apart: everything is asked for once more.
  let isOutdated = kept.some(({ routeTrusted }) => routeTrusted === undefined);

  return {
    domain: (name) => byName.get(name),
    domainById: (domainId) => byId.get(domainId)?.pinned,
    isReady: () => state?.isReady === true,
    confirmedAt: () => state?.confirmedAt,
    position: () => (isOutdated ? undefined : state?.position),
    apply(feed, at) {
      const before = state;
      const isSame = JSON.stringify(servicePart(before)) === JSON.stringify(servicePart(feed));
      const service = servicePart(before !== undefined && isSame ? before : feed);
      const after: FeedState = {
        position: feed.next,
        isReady: before?.isReady === true || !feed.more,
        confirmedAt: feed.more ? before?.confirmedAt : at,
        ...service,
      };
      stored.save(feed.domains, after);
      state = after;
      isOutdated = false;
      if (!isSame) pinService(service);
      for (const domain of feed.domains) learn(domain, service);
    },
    close: () => stored.close(),
  };
}

/** The operator's lists, with the revision that they are of. */
type ServicePart = Pick<Policy, 'serviceLists' | 'serviceRevision'>;

const servicePart = (from: FeedState | Feed | undefined): ServicePart => ({
  serviceLists: from?.serviceLists ?? [],
  ...(from?.serviceRevision === undefined ? {} : { serviceRevision: from.serviceRevision }),
});

/** The mail of a suspended domain is relayed unfiltered: no list decides about it. */
const partFor = ({ status }: Pick<ReplicaDomain, 'status'>, service: ServicePart): ServicePart =>
  status === 'suspended' ? { ...service, serviceLists: [] } : service;

/** A name that was removed from one account may belong to another now: the one that is in use stands. */
function isOvertaken(domain: PinnedDomain, holder: PinnedDomain | undefined): boolean {
  if (holder === undefined || holder.domainId === domain.domainId) return false;
  if (domain.status !== 'removed') return false;
  return holder.status !== 'removed' || (holder.removedAt ?? '') > (domain.removedAt ?? '');
}
