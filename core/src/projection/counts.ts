/** What the statistics count of an event: decisions by the hour, and the checks that failed in them. */
import { checkNames, type MailJudgedData } from '../decision/mail-judged.ts';
import type { ConnectionsRefused } from '../decision/edge-counters.ts';
import type { EventMetadata } from '../kernel/event.ts';

export interface Count {
  /** ISO 8601, start of the hour. */
  readonly hour: string;
  /** Undefined: of no domain. */
  readonly domainId: string | undefined;
  /** Undefined: not known here. */
  readonly accountId: string | undefined;
  readonly verdict: string;
  readonly reason: string;
  /** Empty: the decisions themselves; else those of them in which this check failed. */
  readonly check: string;
  readonly count: number;
}

/** Only the plain part is needed, so that erased decisions still count. */
export function countDecision(
  data: Pick<MailJudgedData, 'verdict' | 'reason' | 'failed'>,
  metadata: Pick<EventMetadata, 'at' | 'accountId' | 'domainId'>,
): readonly Count[] {
  const base = {
    hour: hourOf(metadata.at),
    domainId: metadata.domainId,
    accountId: metadata.accountId,
    verdict: data.verdict,
    count: 1,
  };
  return [
    { ...base, reason: data.reason, check: '' },
    ...checkNames(data.failed).map((check) => ({ ...base, reason: '', check })),
  ];
}

/** Mail that an edge turned away without a decision: 4xx counts as deferred, 5xx as rejected. */
export const countRefusals = (data: ConnectionsRefused['data']): readonly Count[] =>
  data.counts.map(({ reason, code, domainId, count }) => ({
    hour: hourOf(data.minute),
    domainId,
    accountId: undefined,
    verdict: code < 500 ? 'defer' : 'reject',
    reason,
    check: '',
    count,
  }));

/** Counts of the same thing added up, so that each is written once. */
export function sumCounts(counts: Iterable<Count>): readonly Count[] {
  const sums = new Map<string, Count>();
  for (const count of counts) {
    const key = [count.domainId, count.hour, count.verdict, count.reason, count.check].join('\n');
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? count : { ...sum, count: sum.count + count.count });
  }
  return [...sums.values()];
}

const hourOf = (at: string): string => `${at.slice(0, 13)}:00:00.000Z`;
