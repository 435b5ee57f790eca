/** Writes timelines: one row an event that is about something. */
import type { TimelineEntry } from '@sluice/core/projection/timeline.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

const timelineColumns: Columns<TimelineEntry> = [
  ['event_id', 'uuid', (entry) => entry.eventId],
  ['subject', 'text', (entry) => entry.subject],
  ['subject_id', 'uuid', (entry) => entry.subjectId],
  ['account_id', 'uuid', (entry) => entry.accountId ?? null],
  ['domain_id', 'uuid', (entry) => entry.domainId ?? null],
  ['position', 'bigint', (entry) => entry.position],
  ['type', 'text', (entry) => entry.type],
  ['at', 'timestamptz', (entry) => entry.at],
  ['actor', 'text', (entry) => `${entry.actor.kind}:${entry.actor.id}`],
  ['summary', 'jsonb', (entry) => entry.summary],
];

/** Takes what is personal out of the timelines of removed users: their names and addresses stand in nothing else. */
export async function forgetUsers(tx: DatabaseTransaction, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await sql`update timeline set summary = '{}'
    where subject = 'user' and subject_id = any(${userIds}::uuid[])`.execute(tx);
}

export async function insertTimeline(
  tx: DatabaseTransaction,
  entries: readonly TimelineEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await sql`insert into timeline (${names(timelineColumns)})
    select * from ${rowsOf(timelineColumns, entries)}
    on conflict (event_id) do nothing`.execute(tx);
}
