/** Counts by reason and by check of what a query finds, over its newest mails where there are very many. */
import type { FacetCount, QuarantineFacets } from '@sluice/core/ports/quarantine-index.ts';
import type { Asked } from './asked.ts';

/** Each mail counted costs a look at its row: some 20 ms for these. */
const maxCounted = 5_000;

export function countFacets(asked: Asked): QuarantineFacets {
  const found = asked.outcomes(maxCounted + 1);
  const counted = found.slice(0, maxCounted);
  return {
    reasons: byCount(counted.map(({ reason }) => reason)),
    checks: byCount(counted.flatMap(({ checks }) => checks.split(' ').filter((check) => check !== ''))),
    isComplete: found.length <= maxCounted,
  };
}

function byCount(values: readonly string[]): readonly FacetCount[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1));
}
