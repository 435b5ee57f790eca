/** The feed of policies to edges: what changed after a position, now or when something changes. */
import { effectivePolicy, ofService } from '@sluice/core/policy/effective.ts';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import type { Feed, ReplicaDomain } from '@sluice/core/handover/feed.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { KeyStore } from '@sluice/core/ports/vault.ts';
import {
  type Database,
  domainsChangedAfter,
  type DomainView,
  isRouteTrusted,
  serviceListsOf,
} from '@sluice/postgres';
import type { ChangeWatch } from './watch-changes.ts';

export interface FeedPorts {
  readonly db: Database;
  readonly keys: KeyStore;
  readonly watch: ChangeWatch;
}

/** Domains in one answer. */
const pageSize = 200;
const longestWaitMs = 30_000;

/** `after`: decimal string; undefined for everything. Waits at most `waitMs` where nothing has changed. */
export async function readFeed(
  { db, keys, watch }: FeedPorts,
  after: string | undefined,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<Feed> {
  const scope = operatorScope();
  // Before the domains: what changed before it is among them then, and no position is passed by.
  let service = await serviceListsOf(scope, db);
  const page = { after, limit: pageSize + 1 };
  let changed = await domainsChangedAfter(scope, db, page);
  if (changed.length === 0 && waitMs > 0 && !isAfter(service?.position, after)) {
    await watch.changedAfter(after, { waitMs: Math.min(waitMs, longestWaitMs), signal });
    service = await serviceListsOf(scope, db);
    changed = await domainsChangedAfter(scope, db, page);
  }
  const more = changed.length > pageSize;
  const shown = changed.slice(0, pageSize);
  return {
    domains: await Promise.all(shown.map((domain) => toReplica({ db, keys }, domain))),
    ...ofService(service),
    next: more ? (shown.at(-1)?.position ?? '0') : newest([shown.at(-1)?.position, service?.position, after]),
    more,
  };
}

const isAfter = (position: string | undefined, other: string | undefined): boolean =>
  position !== undefined && BigInt(position) > BigInt(other ?? -1);

const newest = (positions: readonly (string | undefined)[]): string =>
  positions.reduce<string>((last, one) => (one !== undefined && isAfter(one, last) ? one : last), '0');

/** A domain whose key has been destroyed is erased: to an edge it is removed, whatever its settings said. */
async function toReplica(
  { db, keys }: Pick<FeedPorts, 'db' | 'keys'>,
  domain: DomainView,
): Promise<ReplicaDomain> {
  const { id, accountId, details, removedAt, revision } = domain;
  const key = await keys.create(domainKeyId(id));
  const { serviceLists: _, serviceRevision: __, ...policy } = effectivePolicy(details, revision);
  return {
    domainId: id,
    accountId,
    name: details.name,
    status: key.ok ? details.status : 'removed',
    ...(removedAt === undefined ? {} : { removedAt }),
    policy,
    route: details.route,
    ...(details.verdictHeader === undefined ? {} : { verdictHeader: details.verdictHeader }),
    routeTrusted: await isRouteTrusted(operatorScope(), db, domain),
    dataKey: key.ok ? key.value : { keyId: domainKeyId(id), key: '' },
  };
}
