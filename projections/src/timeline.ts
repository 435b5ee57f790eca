/** Projection: the events about each mail, domain, account and user, for people. */
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { JsonObject } from '@sluice/core/kernel/json.ts';
import { timelineEntry, type TimelineEntry } from '@sluice/core/projection/timeline.ts';
import { forgetUsers, insertTimeline } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';
import type { Opened, ReadEvents } from './read-event.ts';

export const createTimeline = (read: ReadEvents): PostgresProjection => ({
  name: 'timeline',
  tables: ['timeline'],
  streamPrefixes: ['decisions-', 'mail-', 'domain-', 'account-', 'user-', 'training-'],
  failure: { retries: 3, atLast: 'park' },
  batchEvents: 1_000,
  async prepare(events) {
    // Of a decision, and of what was taught, only plain members are shown, so that most events need no key.
    const decisions = events.filter(needsNoKey).map((event) => entryOf(event, event.data));
    const others = await read(events.filter((event) => !needsNoKey(event)));
    const entries = [...decisions, ...others.map((one) => entryOf(one.recorded, dataOf(one)))].filter(
      (entry) => entry !== undefined,
    );
    const removed = entries.filter(({ type }) => type === 'UserRemoved').map((entry) => entry.subjectId);
    return async (tx) => {
      await insertTimeline(tx, entries);
      await forgetUsers(tx, removed);
    };
  },
});

const needsNoKey = ({ type }: RecordedEvent): boolean => type === 'MailJudged' || type === 'MailTrained';

const entryOf = (recorded: RecordedEvent, data: JsonObject | undefined): TimelineEntry | undefined =>
  data && timelineEntry(recorded, data);

function dataOf(opened: Opened): JsonObject | undefined {
  switch (opened.status) {
    case 'open':
      // Data of events is JSON by construction: it was read from it.
      return opened.event.data as unknown as JsonObject;
    case 'erased':
      return opened.plain;
    case 'unknown':
      return undefined;
    default:
      return opened satisfies never;
  }
}
