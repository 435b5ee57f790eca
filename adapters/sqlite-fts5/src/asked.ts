/** A question as it is asked of an open index: bucket by bucket, the newest first, no further than the answer needs. */
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { Bucket } from './buckets.ts';
import { nearOf } from './forgiving.ts';
import { compileQuestion, type Near, type Question } from './match.ts';
import { newestOf } from './newest-of.ts';
import type { Outcome, Queries, Range } from './queries.ts';
import { isForgivingCursor, rangeOf } from './range.ts';

export interface Asked {
  /** Row numbers, newest first. */
  rows(limit: number): readonly { readonly row: number }[];
  count(limit: number): number;
  /** Of the newest hits. */
  outcomes(limit: number): readonly Outcome[];
  /** The same with other words in place of those that may be mistyped; undefined: there are none. */
  forgive(): Asked | undefined;
  /** Terms that do as well as those that were typed; undefined: none were looked for. */
  readonly near: Near | undefined;
}

/** undefined: nothing can be found. Typos are forgiven at once behind a cursor that says so. */
export function askIndex(queries: Queries, scope: TenantScope, query: QuarantineQuery): Asked | undefined {
  const question = compileQuestion(scope, query, queries.ownersOf);
  const range = rangeOf(query, queries.maxAhead());
  if (question === undefined || range === undefined) return undefined;
  const buckets = queries.buckets(question.groups).filter(({ maxRow }) => maxRow >= range.fromRow);

  const forgive = (): Asked | undefined => {
    const near = nearOf(queries.vocabulary, query, buckets);
    const forgiving = near && compileQuestion(scope, query, queries.ownersOf, near);
    return forgiving && { ...askBuckets(queries, buckets, forgiving, range), near, forgive: () => undefined };
  };
  const asked = { ...askBuckets(queries, buckets, question, range), near: undefined, forgive };
  return isForgivingCursor(query.cursor) ? (forgive() ?? asked) : asked;
}

function askBuckets(
  queries: Queries,
  buckets: readonly Bucket[],
  question: Question,
  range: Range,
): Pick<Asked, 'rows' | 'count' | 'outcomes'> {
  return {
    rows: (limit) =>
      newestOf(buckets, { limit, fromRow: range.fromRow }, ({ id }, most, fromRow) =>
        queries.rows(question.matchIn(id), { ...range, fromRow }, most),
      ),
    count(limit) {
      let found = 0;
      for (const { id } of buckets) {
        if (found >= limit) break;
        found += queries.count(question.matchIn(id), range, limit - found);
      }
      return found;
    },
    outcomes: (limit) =>
      newestOf(buckets, { limit, fromRow: range.fromRow }, ({ id }, most, fromRow) =>
        queries.outcomes(question.matchIn(id), { ...range, fromRow }, most),
      ),
  };
}
