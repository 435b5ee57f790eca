/** The little language in which people search: words, "phrases", -exclusions and prefix*, whatever else they type. */
import { wordsOf } from './words.ts';

export interface TextTerm {
  /** A word as typed, or the words of a phrase. Holds at least one letter or digit; may hold anything else too. */
  readonly text: string;
  /** Words that begin with it match as well: it ends with `*`, or it is the word that is being typed. */
  readonly isPrefix: boolean;
  /** It stood in quotes: exactly these words are wanted, so nothing else is tried in their place. */
  readonly isQuoted: boolean;
}

/** The beginning of a word has to be as long to stand for more than itself: a shorter one means half of the index. */
const minPrefixLength = 3;

/** Whether other words are found by it. A phrase goes on with its last word. */
export function isOpen({ text, isPrefix }: TextTerm): boolean {
  if (!isPrefix) return false;
  const last = [...wordsOf(text)].at(-1)?.folded ?? '';
  return Array.from(last).length >= minPrefixLength;
}

export interface TextQuery {
  /** All of them must occur. */
  readonly required: readonly TextTerm[];
  /** None of them may occur. */
  readonly excluded: readonly TextTerm[];
}

/** What is beyond these is not looked at, so that no query costs without bound. */
const maxQueryCharacters = 500;
export const maxQueryTerms = 24;

const term = /(?<minus>-?)(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))/gu;
const typographicQuotes = /[“”„«»]/gu;

/** Private use counts as letters, as it does for the tokenizer of SQLite. */
const letterOrDigit = /[\p{L}\p{N}\p{Co}]/u;

/**
 * Total: any text is a query. Text without a letter or digit is the empty one, which excludes nothing. The last word is
 * still being typed, and so a prefix, unless a space follows.
 */
export function parseTextQuery(text: string): TextQuery {
  const required: TextTerm[] = [];
  const excluded: TextTerm[] = [];
  const bounded = text.slice(0, maxQueryCharacters).replace(typographicQuotes, '"').toWellFormed();
  for (const match of bounded.matchAll(term)) {
    if (required.length + excluded.length === maxQueryTerms) break;
    const { isExcluded, ...parsed } = readTerm(match, bounded);
    if (letterOrDigit.test(parsed.text)) (isExcluded ? excluded : required).push(parsed);
  }
  return { required, excluded };
}

function readTerm(
  { 0: found, index, groups = {} }: RegExpExecArray,
  typed: string,
): TextTerm & { readonly isExcluded: boolean } {
  const { minus, phrase, word = '' } = groups;
  const isExcluded = minus === '-';
  if (phrase !== undefined) return { text: phrase, isPrefix: false, isQuoted: true, isExcluded };
  const isBeingTyped = !isExcluded && index + found.length === typed.length;
  return { text: word, isPrefix: isBeingTyped || word.endsWith('*'), isQuoted: false, isExcluded };
}

/** Consecutive words, as a filter asks for a part of an address; `*` at the end lets the last one go on. undefined: no words. */
export function partTerm(text: string): TextTerm | undefined {
  const bounded = text.slice(0, maxQueryCharacters).trim().toWellFormed();
  return letterOrDigit.test(bounded)
    ? { text: bounded, isPrefix: bounded.endsWith('*'), isQuoted: true }
    : undefined;
}
