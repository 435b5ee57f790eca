/** Queries as Meilisearch documents them: phrases, exclusions, the last word as a prefix, one typo in words of five letters. */
import { wordsOf } from '@sluice/core/kernel/words.ts';
import { type Stored, valuesOf } from './filter.ts';

interface Term {
  readonly words: readonly string[];
  readonly isPhrase: boolean;
  readonly isPrefix: boolean;
  readonly isExcluded: boolean;
}

/** Only so many are read. */
const maxTerms = 10;

const term = /(?<minus>(?<=^|\s)-)?(?:"(?<phrase>[^"]*)"?|(?<word>[\p{L}\p{N}\p{Co}\p{M}]+))/gu;

export function parseQuery(query: string): readonly Term[] {
  const terms: Term[] = [];
  for (const { groups = {}, 0: found, index } of query.matchAll(term)) {
    if (terms.filter((one) => !one.isExcluded).length === maxTerms) break;
    const { minus, phrase, word = '' } = groups;
    const words = [...wordsOf(phrase ?? word)].map(({ folded }) => folded);
    const isPhrase = phrase !== undefined;
    const isLast = index + found.length === query.length;
    if (words.length === 0) continue;
    terms.push({ words, isPhrase, isPrefix: !isPhrase && isLast, isExcluded: minus !== undefined });
  }
  return terms;
}

export interface Match {
  readonly start: number;
  readonly end: number;
}

/** Where a term occurs in a text. */
export function matchesOf(text: string, { words, isPhrase, isPrefix }: Term): Match[] {
  const found = [...wordsOf(text)];
  return found.flatMap((first, at) => {
    const fits = words.every((want, more) => {
      const have = found[at + more]?.folded;
      if (have === undefined) return false;
      if (isPhrase) return have === want;
      return (isPrefix && have.startsWith(want)) || isNear(have, want);
    });
    return fits ? [{ start: first.start, end: found[at + words.length - 1]!.end }] : [];
  });
}

export function answers(document: Stored, terms: readonly Term[], fields: readonly string[]): boolean {
  const texts = fields.flatMap((field) => valuesOf(document[field]));
  return terms.every((one) => texts.some((text) => matchesOf(text, one).length > 0) !== one.isExcluded);
}

/** The same, or one letter away; the first one counts for two. */
function isNear(have: string, want: string): boolean {
  if (have === want) return true;
  if (Array.from(want).length < 5 || have[0] !== want[0]) return false;
  const [a, b] = [Array.from(have), Array.from(want)];
  const at = a.findIndex((letter, place) => letter !== b[place]);
  const rest = (letters: readonly string[], from: number): string => letters.slice(from).join('');
  const from = at === -1 ? a.length : at;
  return (
    rest(a, from + 1) === rest(b, from + 1) ||
    rest(a, from + 1) === rest(b, from) ||
    rest(a, from) === rest(b, from + 1)
  );
}
