/** Mails that a search has found, as callers see them: with what the read models know beside the index. */
import { reasonTitle } from '@sluice/core/checks/registry.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineHit } from '@sluice/core/ports/quarantine-index.ts';
import { type ReleaseDelivery, releaseDelivery } from '@sluice/core/projection/delivery.ts';
import { deliveriesOf, type DomainName, namesOfDomains } from '@sluice/postgres';
import { type Caller, quoting } from '../access.ts';
import type { Services } from '../services.ts';

export interface Hit extends Omit<QuarantineHit, 'mailId'> {
  readonly id: string;
  /** Name of its domain. */
  readonly domain: string;
  /** The reason in words. */
  readonly reasonTitle: string;
  /** Of its release. */
  readonly delivery: ReleaseDelivery;
}

interface HitReader {
  readonly caller: Caller;
  readonly scope: TenantScope;
  readonly services: Services;
}

/** `known`: a domain whose name need not be looked up. */
export async function describeHits(
  { caller, scope, services: { db } }: HitReader,
  hits: readonly QuarantineHit[],
  known?: DomainName,
): Promise<readonly Hit[]> {
  if (hits.length === 0) return [];
  const unnamed = new Set(hits.map(({ domainId }) => domainId).filter((id) => id !== known?.id));
  const [deliveries, names] = await Promise.all([
    deliveriesOf(
      scope,
      db,
      hits.map(({ mailId }) => mailId),
    ),
    unnamed.size === 0 ? new Map<string, string>() : namesOfDomains(scope, db, [...unnamed]),
  ]);
  const byMail = new Map(deliveries.map((one) => [one.id, one.deliveries]));
  return hits.map(({ mailId, ...hit }) => ({
    id: mailId,
    ...quoting(caller, hit),
    domain: (hit.domainId === known?.id ? known.name : names.get(hit.domainId)) ?? '',
    reasonTitle: reasonTitle(hit.reason),
    delivery: releaseDelivery(byMail.get(mailId) ?? []),
  }));
}
