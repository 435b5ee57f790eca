/** Queries about domains. */
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DomainRow } from '../tables.ts';
import { inScope, isId } from './scope.ts';
import { lastServiceListsChange } from './service-lists.ts';

export interface DomainView {
  readonly id: string;
  readonly accountId: string;
  /** State after the last event. */
  readonly details: DomainDetails;
  /** ISO 8601, of a removed domain. */
  readonly removedAt: string | undefined;
  readonly revision: number;
  /** Decimal string. */
  readonly position: string;
}

export interface DomainFilter {
  readonly accountId?: string;
  /** Default: without those that were removed. */
  readonly withRemoved?: boolean;
}

/** By name. */
export async function listDomains(
  scope: TenantScope,
  db: Database,
  { accountId, withRemoved = false }: DomainFilter = {},
): Promise<readonly DomainView[]> {
  if (accountId !== undefined && !isId(accountId)) return [];
  const rows = await db
    .selectFrom('domains')
    .selectAll()
    .where(inScope(scope, 'domains'))
    .where(accountId === undefined ? sql<boolean>`true` : sql<boolean>`account_id = ${accountId}::uuid`)
    .where(withRemoved ? sql<boolean>`true` : sql<boolean>`status <> 'removed'`)
    .orderBy('name')
    .orderBy('domain_id')
    .execute();
  return rows.map(toDomain);
}

/** By id or name. A name may have been removed and added again: the one that is not removed, else the newest. */
export async function showDomain(
  scope: TenantScope,
  db: Database,
  idOrName: string,
): Promise<DomainView | undefined> {
  const row = await db
    .selectFrom('domains')
    .selectAll()
    .where(inScope(scope, 'domains'))
    .where(isNamed(idOrName))
    .orderBy(sql`status = 'removed'`)
    .orderBy('position', 'desc')
    .executeTakeFirst();
  return row && toDomain(row);
}

export interface DomainName {
  readonly id: string;
  readonly name: string;
}

/** By id or name, as `showDomain` finds it, without what it holds: for queries that only have to know which it is. */
export async function nameDomain(
  scope: TenantScope,
  db: Database,
  idOrName: string,
): Promise<DomainName | undefined> {
  return db
    .selectFrom('domains')
    .select(['domain_id as id', 'name'])
    .where(inScope(scope, 'domains'))
    .where(isNamed(idOrName))
    .orderBy(sql`status = 'removed'`)
    .orderBy('position', 'desc')
    .executeTakeFirst();
}

/** Undefined if the scope shows none of that name. */
export async function domainIdByName(
  scope: TenantScope,
  db: Database,
  name: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('domains')
    .select('domain_id')
    .where(inScope(scope, 'domains'))
    .where('name', '=', nameOf(name))
    .orderBy(sql`status = 'removed'`)
    .orderBy('position', 'desc')
    .executeTakeFirst();
  return row?.domain_id;
}

const isNamed = (idOrName: string): RawBuilder<boolean> =>
  isId(idOrName) ? sql<boolean>`domain_id = ${idOrName}::uuid` : sql<boolean>`name = ${nameOf(idOrName)}`;

const nameOf = (text: string): string => text.trim().toLowerCase().replace(/\.$/, '').replaceAll('\0', '');

/** For the feed to edges: domains whose last change lies after the position (decimal string), in order of their changes. */
export async function domainsChangedAfter(
  scope: TenantScope,
  db: Database,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly DomainView[]> {
  const rows = await db
    .selectFrom('domains')
    .selectAll()
    .where(inScope(scope, 'domains'))
    .where('position', '>', after ?? '-1')
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(toDomain);
}

/** Position of the last change of any domain, for the service of its own lists, too; undefined if there are none. */
export async function lastDomainChange(scope: TenantScope, db: Database): Promise<string | undefined> {
  const row = await db
    .selectFrom('domains')
    .select('position')
    .where(inScope(scope, 'domains'))
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  const ofService = await lastServiceListsChange(scope, db);
  if (row === undefined || ofService === undefined) return row?.position ?? ofService;
  return BigInt(ofService) > BigInt(row.position) ? ofService : row.position;
}

const toDomain = (row: Selectable<DomainRow>): DomainView => ({
  id: row.domain_id,
  accountId: row.account_id,
  // Written by the projection of settings, from this type.
  details: row.state as DomainDetails,
  removedAt: row.removed_at?.toISOString(),
  revision: row.revision,
  position: row.position,
});
