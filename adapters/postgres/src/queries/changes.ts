/** The changes of one domain, the newest first and each with its revision; and who put what on its lists. */
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { TimelineEntry } from '@sluice/core/projection/timeline.ts';
import { type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { TimelineRow } from '../tables.ts';
import { type Page, pageSize, toPage } from './page.ts';
import { inScope, isId } from './scope.ts';
import { toEntry } from './timeline.ts';

export interface ChangesQuery {
  readonly domainId: string;
  /** Only events of these types; none: all. */
  readonly types?: readonly string[];
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface DomainChangeEntry extends TimelineEntry {
  /** Of the domain's stream, after the change. */
  readonly revision: number;
}

/** A domain's timeline holds its whole stream and nothing else: the place in it is the revision. */
export async function changesOf(
  scope: TenantScope,
  db: Database,
  { domainId, types = [], limit, cursor = '999999999999999999' }: ChangesQuery,
): Promise<Page<DomainChangeEntry>> {
  if (!isId(domainId) || !/^\d{1,18}$/.test(cursor)) return { items: [], next: undefined };
  const size = pageSize(limit);
  const { rows } = await sql<Selectable<TimelineRow> & { revision: string }>`
    select * from (
      select *, row_number() over (order by position) - 1 as revision from timeline
      where ${inScope(scope, 'timeline')} and subject = 'domain' and subject_id = ${domainId}::uuid
    ) as numbered
    where position < ${cursor} and (${types.length === 0} or type = any(${[...types]}::text[]))
    order by position desc limit ${size + 1}`.execute(db);
  return toPage(rows, size, {
    item: (row) => ({ ...toEntry(row), revision: Number(row.revision) }),
    cursor: (row) => row.position,
  });
}

export interface ListedBy {
  readonly action: string;
  readonly pattern: string;
  readonly mailbox: string | undefined;
  readonly actor: Actor;
  /** ISO 8601. */
  readonly at: string;
}

/** The last addition of every list entry, those included that were taken off again. */
export async function listedBy(
  scope: TenantScope,
  db: Database,
  domainId: string,
): Promise<readonly ListedBy[]> {
  if (!isId(domainId)) return [];
  const { rows } = await sql<Selectable<TimelineRow>>`
    select distinct on (summary->'entry'->>'action', summary->'entry'->>'pattern', summary->'entry'->>'mailbox') *
    from timeline
    where ${inScope(scope, 'timeline')} and subject = 'domain' and subject_id = ${domainId}::uuid
      and type = 'ListEntryAdded' and summary->'entry' is not null
    order by summary->'entry'->>'action', summary->'entry'->>'pattern', summary->'entry'->>'mailbox', position desc
    `.execute(db);
  return rows.map((row) => {
    const { actor, at, summary } = toEntry(row);
    // Written by the projection of timelines from ListEntryAdded.
    const { action, pattern, mailbox } = summary['entry'] as Record<string, string>;
    return { action: action ?? '', pattern: pattern ?? '', mailbox, actor, at };
  });
}
