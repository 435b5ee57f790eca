/** The domain that a caller names, if they may see it. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type DomainView, showDomain } from '@sluice/postgres';
import type { Services } from '../services.ts';
import { notFound } from '../trpc.ts';

/** By name or id; NOT_FOUND where there is none or the scope does not show it: both look the same from outside. */
export async function visibleDomain(
  scope: TenantScope,
  { db }: Services,
  nameOrId: string,
): Promise<DomainView> {
  const domain = await showDomain(scope, db, nameOrId);
  if (domain === undefined) throw notFound('domain');
  return domain;
}
