/** Figures of every domain in the scope over a period, in one statement: the first page of the panel. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope } from './scope.ts';

export interface OverviewQuery {
  /** ISO 8601; included. Figures are by the hour. */
  readonly since: string;
  /** ISO 8601; not included. */
  readonly until: string;
  readonly bucketMinutes: number;
}

export interface DomainOverview {
  readonly domain: { readonly id: string; readonly name: string; readonly status: string };
  /** Let through, marked or not. */
  readonly accepted: number;
  /** Turned away for good, with or without a copy. */
  readonly refused: number;
  readonly held: number;
  readonly deferred: number;
  /** Of refused and held mail, the most frequent first. */
  readonly byReason: readonly { readonly reason: string; readonly count: number }[];
  /** Every bucket of the period, in order; `at` is its start, ISO 8601. */
  readonly hours: readonly { readonly at: string; readonly accepted: number; readonly refused: number }[];
}

interface Row {
  readonly domain_id: string;
  readonly name: string;
  readonly status: string;
  /** Null for a domain without any mail. */
  readonly bucket: number | null;
  readonly verdict: string | null;
  readonly reason: string | null;
  readonly count: string | null;
}

const minuteMs = 60_000;

/** By name; removed domains are left out, those without mail are there with zeros. */
export async function overviewOf(
  scope: TenantScope,
  db: Database,
  { since, until, bucketMinutes }: OverviewQuery,
): Promise<readonly DomainOverview[]> {
  const seconds = bucketMinutes * 60;
  // check_name '' are the decisions themselves; the other rows say again of each which of its checks failed.
  const { rows } = await sql<Row>`
    select domains.domain_id, domains.name, domains.status, counted.bucket, counted.verdict, counted.reason, counted.count
    from domains left join (
      select domain_id, verdict, reason, sum(count)::bigint as count,
        floor(extract(epoch from hour - ${since}::timestamptz) / ${seconds})::integer as bucket
      from statistics
      where ${inScope(scope, 'statistics')} and check_name = ''
        and hour >= ${since}::timestamptz and hour < ${until}::timestamptz
      group by domain_id, bucket, verdict, reason
    ) as counted on counted.domain_id = domains.domain_id
    where ${inScope(scope, 'domains')} and domains.status <> 'removed'
    order by domains.name, domains.domain_id`.execute(db);
  const from = Date.parse(since);
  const length = Math.max(0, Math.ceil((Date.parse(until) - from) / (bucketMinutes * minuteMs)));
  const starts = Array.from({ length }, (_, n) =>
    new Date(from + n * bucketMinutes * minuteMs).toISOString(),
  );
  return [...Map.groupBy(rows, (row) => row.domain_id).values()].flatMap((ofDomain) => {
    const [first] = ofDomain;
    return first === undefined ? [] : [overview(first, ofDomain, starts)];
  });
}

type Kind = 'accepted' | 'refused' | 'held' | 'deferred';

const kinds: Readonly<Record<string, Kind>> = {
  accept: 'accepted',
  tag: 'accepted',
  reject: 'refused',
  hold: 'held',
  defer: 'deferred',
};

interface Counted {
  readonly bucket: number;
  readonly kind: Kind;
  readonly reason: string;
  readonly count: number;
}

/** Nothing, for the one row of a domain without mail. */
function countedIn({ bucket, verdict, reason, count }: Row): readonly Counted[] {
  const kind = kinds[verdict ?? ''];
  if (bucket === null || reason === null || kind === undefined) return [];
  return [{ bucket, kind, reason, count: Number(count) }];
}

function overview(first: Row, rows: readonly Row[], starts: readonly string[]): DomainOverview {
  const counted = rows.flatMap(countedIn);
  const sums = { accepted: 0, refused: 0, held: 0, deferred: 0 };
  for (const { kind, count } of counted) sums[kind] += count;
  return {
    domain: { id: first.domain_id, name: first.name, status: first.status },
    ...sums,
    byReason: reasonsOf(counted.filter(({ kind }) => kind === 'refused' || kind === 'held')),
    hours: hoursOf(counted, starts),
  };
}

function reasonsOf(counted: readonly Counted[]): DomainOverview['byReason'] {
  const sums = new Map<string, number>();
  for (const { reason, count } of counted) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return [...sums]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

function hoursOf(counted: readonly Counted[], starts: readonly string[]): DomainOverview['hours'] {
  const hours = starts.map((at) => ({ at, accepted: 0, refused: 0 }));
  for (const { bucket, kind, count } of counted) {
    const hour = hours[bucket];
    if (hour !== undefined && (kind === 'accepted' || kind === 'refused')) hour[kind] += count;
  }
  return hours;
}
