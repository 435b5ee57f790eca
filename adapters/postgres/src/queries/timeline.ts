/** The events about one thing, in order. */
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { JsonObject } from '@sluice/core/kernel/json.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { TimelineEntry, TimelineSubject } from '@sluice/core/projection/timeline.ts';
import { type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { TimelineRow } from '../tables.ts';
import { type Page, pageSize, toPage } from './page.ts';
import { inScope, isId } from './scope.ts';

export interface TimelineQuery {
  readonly subject: TimelineSubject;
  readonly id: string;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** The oldest first. */
export async function timelineOf(
  scope: TenantScope,
  db: Database,
  { subject, id, limit, cursor = '-1' }: TimelineQuery,
): Promise<Page<TimelineEntry>> {
  if (!isId(id) || !/^-?\d{1,18}$/.test(cursor)) return { items: [], next: undefined };
  const size = pageSize(limit);
  const rows = await db
    .selectFrom('timeline')
    .selectAll()
    .where(inScope(scope, 'timeline'))
    .where('subject', '=', subject)
    .where(sql<boolean>`subject_id = ${id}::uuid`)
    .where('position', '>', cursor)
    .orderBy('position')
    .limit(size + 1)
    .execute();
  return toPage(rows, size, { item: toEntry, cursor: (row) => row.position });
}

export function toEntry(row: Selectable<TimelineRow>): TimelineEntry {
  const colon = row.actor.indexOf(':');
  return {
    eventId: row.event_id,
    // Subject, actor and summary were written by the projection of timelines, from these types.
    subject: row.subject as TimelineSubject,
    subjectId: row.subject_id,
    accountId: row.account_id ?? undefined,
    domainId: row.domain_id ?? undefined,
    position: row.position,
    type: row.type,
    at: row.at.toISOString(),
    actor: { kind: row.actor.slice(0, colon) as Actor['kind'], id: row.actor.slice(colon + 1) },
    summary: row.summary as JsonObject,
  };
}
