/** How often what a check refused was released after all. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { Precision } from '@sluice/core/replay/advice.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface PrecisionQuery {
  readonly domainId: string;
  /** ISO 8601; whole days in UTC, this one included. */
  readonly since: string;
}

interface Row {
  check_name: string;
  source: string;
  decided: string;
  counted: string;
  decided_released: string;
  counted_released: string;
}

/** Those that refused most first. */
export async function precisionOf(
  scope: TenantScope,
  db: Database,
  { domainId, since }: PrecisionQuery,
): Promise<readonly Precision[]> {
  if (!isId(domainId)) return [];
  const { rows } = await sql<Row>`
    select check_name, source, sum(decided)::bigint as decided, sum(counted)::bigint as counted,
      sum(decided_released)::bigint as decided_released, sum(counted_released)::bigint as counted_released
    from check_precision
    where ${inScope(scope, 'check_precision')} and domain_id = ${domainId}::uuid
      and day >= (${since}::timestamptz at time zone 'UTC')::date
    group by check_name, source
    order by sum(decided + counted) desc, check_name, source`.execute(db);
  return rows.map((row) => ({
    check: row.check_name,
    source: row.source,
    decided: Number(row.decided),
    counted: Number(row.counted),
    decidedReleased: Number(row.decided_released),
    countedReleased: Number(row.counted_released),
  }));
}
