/** What a query finds where one letter of its long words may be wrong. */
import { isOpen, parseTextQuery, type TextTerm } from '@sluice/core/kernel/text-query.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import type { Bucket } from './buckets.ts';
import type { Near } from './match.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Words of a query that are forgiven, and buckets that are looked through for others, the newest: a millisecond or so for
 * each word in each bucket. Numbers and not a time, so that the next page forgives what this one did.
 */
const maxWords = 4;
const maxBuckets = 8;

/** undefined: the index knows no other words for any of the query's. */
export function nearOf(
  vocabulary: Vocabulary,
  { text = '' }: QuarantineQuery,
  buckets: readonly Bucket[],
): Near | undefined {
  const others = new Map<string, readonly TextTerm[]>();
  const forgivable = parseTextQuery(text).required.filter((term) => vocabulary.mayForgive(term));
  for (const term of forgivable.slice(0, maxWords)) {
    const near = vocabulary
      .near(term, buckets.slice(0, maxBuckets))
      .map((word) => ({ text: word, isPrefix: isOpen(term), isQuoted: true }));
    if (near.length > 0) others.set(term.text, near);
  }
  if (others.size === 0) return undefined;
  return (term) => (term.isQuoted ? [] : (others.get(term.text) ?? []));
}
