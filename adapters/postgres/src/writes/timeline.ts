/** Writes timelines: one row an event that is about something. */
import type { TimelineEntry } from '@sluice/core/projection/timeline.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { column, jsonColumn } from './column.ts';

export async function insertTimeline(
  tx: DatabaseTransaction,
  entries: readonly TimelineEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const columns = [
    column(
      'uuid',
      entries.map((entry) => entry.eventId),
    ),
    column(
      'text',
      entries.map((entry) => entry.subject),
    ),
    column(
      'uuid',
      entries.map((entry) => entry.subjectId),
    ),
    column(
      'uuid',
      entries.map((entry) => entry.accountId ?? null),
    ),
    column(
      'uuid',
      entries.map((entry) => entry.domainId ?? null),
    ),
    column(
      'bigint',
      entries.map((entry) => entry.position),
    ),
    column(
      'text',
      entries.map((entry) => entry.type),
    ),
    column(
      'timestamptz',
      entries.map((entry) => entry.at),
    ),
    column(
      'text',
      entries.map((entry) => `${entry.actor.kind}:${entry.actor.id}`),
    ),
    jsonColumn(entries.map((entry) => entry.summary)),
  ];
  await sql`insert into timeline (
      event_id, subject, subject_id, account_id, domain_id, position, type, at, actor, summary)
    select * from unnest(${sql.join(columns)})
    on conflict (event_id) do nothing`.execute(tx);
}
