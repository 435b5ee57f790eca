/** Figures of a domain, an account or the whole service over a period. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface StatisticsQuery {
  /** Default: all domains in the scope. */
  readonly domainId?: string;
  /** ISO 8601; included. Figures are by the hour. */
  readonly since: string;
  /** ISO 8601; not included. */
  readonly until: string;
  readonly by: 'hour' | 'day';
}

export interface StatisticsView {
  /** Decisions by time (ISO 8601, start of the hour or day, UTC) and verdict. */
  readonly series: readonly { readonly at: string; readonly verdict: string; readonly count: number }[];
  /** Decisions by verdict and reason, the most frequent first. */
  readonly reasons: readonly { readonly verdict: string; readonly reason: string; readonly count: number }[];
  /** Decisions in which a check failed, by its name, the most frequent first. */
  readonly checks: readonly { readonly check: string; readonly count: number }[];
}

export async function statisticsOf(
  scope: TenantScope,
  db: Database,
  query: StatisticsQuery,
): Promise<StatisticsView> {
  const { domainId, since, until, by } = query;
  if (domainId !== undefined && !isId(domainId)) return { series: [], reasons: [], checks: [] };
  const rows = sql<boolean>`${inScope(scope, 'statistics')}
    and hour >= ${since}::timestamptz and hour < ${until}::timestamptz
    and ${domainId === undefined ? sql`true` : sql`domain_id = ${domainId}::uuid`}`;
  // Of one moment: mails are counted while this asks, and the lists stand side by side.
  const moment = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return moment.execute(async (tx) => ({
    series: await seriesOf(tx, rows, by),
    reasons: await reasonsOf(tx, rows),
    checks: await checksOf(tx, rows),
  }));
}

async function seriesOf(
  db: Database,
  rows: RawBuilder<boolean>,
  by: 'hour' | 'day',
): Promise<StatisticsView['series']> {
  const found = await sql<{ at: Date; verdict: string; count: string }>`
    select date_trunc(${by}, hour, 'UTC') as at, verdict, sum(count)::bigint as count
    from statistics where ${rows} and check_name = ''
    group by 1, 2 order by 1, 2`.execute(db);
  return found.rows.map(({ at, verdict, count }) => ({
    at: at.toISOString(),
    verdict,
    count: Number(count),
  }));
}

async function reasonsOf(db: Database, rows: RawBuilder<boolean>): Promise<StatisticsView['reasons']> {
  const found = await sql<{ verdict: string; reason: string; count: string }>`
    select verdict, reason, sum(count)::bigint as count
    from statistics where ${rows} and check_name = ''
    group by 1, 2 order by 3 desc, 1, 2`.execute(db);
  return found.rows.map(({ verdict, reason, count }) => ({ verdict, reason, count: Number(count) }));
}

async function checksOf(db: Database, rows: RawBuilder<boolean>): Promise<StatisticsView['checks']> {
  const found = await sql<{ check_name: string; count: string }>`
    select check_name, sum(count)::bigint as count
    from statistics where ${rows} and check_name <> ''
    group by 1 order by 2 desc, 1`.execute(db);
  return found.rows.map(({ check_name, count }) => ({ check: check_name, count: Number(count) }));
}
