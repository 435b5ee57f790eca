/** What a query finds where one letter of its long words may be wrong. */
import { isOpen, parseTextQuery, type TextTerm } from '@sluice/core/kernel/text-query.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import type { Near } from './match.ts';
import type { Vocabulary } from './vocabulary.ts';

/** For all words of a query. A word has up to 1,700 neighbours, each of them a look into the index: some ten microseconds. */
const maxMs = 100;

/** undefined: the index knows no other words for any of the query's. */
export function nearOf(vocabulary: Vocabulary, { text = '' }: QuarantineQuery): Near | undefined {
  const until = performance.now() + maxMs;
  const others = new Map<string, readonly TextTerm[]>();
  for (const term of parseTextQuery(text).required) {
    const near = vocabulary
      .near(term, until)
      .map((word) => ({ text: word, isPrefix: isOpen(term), isQuoted: true }));
    if (near.length > 0) others.set(term.text, near);
  }
  if (others.size === 0) return undefined;
  return (term) => (term.isQuoted ? [] : (others.get(term.text) ?? []));
}
