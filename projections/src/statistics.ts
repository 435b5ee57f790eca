/** Projection: counters by the hour of decisions, of failed checks, and of what edges turned away. */
import type { ConnectionsRefused } from '@sluice/core/decision/edge-counters.ts';
import type { MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { type Count, countDecision, countRefusals, sumCounts } from '@sluice/core/projection/counts.ts';
import { addCounts } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';

/** Reads plain members only, so that erasing a domain leaves its figures. */
export const createStatistics = (): PostgresProjection => ({
  name: 'statistics',
  tables: ['statistics'],
  streamPrefixes: ['decisions-', 'edge-'],
  failure: { retries: 3, atLast: 'park' },
  batchEvents: 1_000,
  async prepare(events) {
    const counts = sumCounts(events.flatMap(countsOf));
    return (tx) => addCounts(tx, counts);
  },
});

/** The formats of both types are at their first version, so the stored data is what the types say. */
function countsOf({ type, data, metadata }: RecordedEvent): readonly Count[] {
  if (type === 'MailJudged') return countDecision(data as unknown as MailJudgedData, metadata);
  if (type === 'ConnectionsRefused') return countRefusals(data as unknown as ConnectionsRefused['data']);
  return [];
}
