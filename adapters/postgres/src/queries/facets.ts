/** How often mail was refused or held for each reason and by each check: what a search can be narrowed to. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface FacetQuery {
  /** Default: all domains in the scope. */
  readonly domainId?: string;
  /** ISO 8601; included. Figures are by the hour. */
  readonly since?: string;
  /** ISO 8601; not included. */
  readonly until?: string;
}

export interface Facets {
  /** The most frequent first. */
  readonly reasons: readonly { readonly value: string; readonly count: number }[];
  /** Checks that failed in refused or held mail; one mail can have several. */
  readonly checks: readonly { readonly value: string; readonly count: number }[];
}

export async function facetsOf(
  scope: TenantScope,
  db: Database,
  { domainId, since = '-infinity', until = 'infinity' }: FacetQuery,
): Promise<Facets> {
  if (domainId !== undefined && !isId(domainId)) return { reasons: [], checks: [] };
  // A row is either of a reason (decisions) or of a check (failures in them), never of both.
  const { rows } = await sql<{ reason: string; check_name: string; count: string }>`
    select reason, check_name, sum(count)::bigint as count
    from statistics
    where ${inScope(scope, 'statistics')} and verdict in ('reject', 'hold')
      and hour >= ${since}::timestamptz and hour < ${until}::timestamptz
      and ${domainId === undefined ? sql`true` : sql`domain_id = ${domainId}::uuid`}
    group by reason, check_name order by count desc, reason, check_name`.execute(db);
  const counted = (value: (row: (typeof rows)[number]) => string) =>
    rows.flatMap((row) => (value(row) === '' ? [] : [{ value: value(row), count: Number(row.count) }]));
  return { reasons: counted((row) => row.reason), checks: counted((row) => row.check_name) };
}
