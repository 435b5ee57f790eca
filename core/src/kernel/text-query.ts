/** The little language in which people search: words, "phrases", -exclusions and prefix*, whatever else they type. */

export interface TextTerm {
  /** A word as typed, or the words of a phrase. Holds at least one letter or digit; may hold anything else too. */
  readonly text: string;
  /** Words that begin with it match as well. */
  readonly isPrefix: boolean;
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

/** Total: any text is a query. Text without a letter or digit is the empty one, which excludes nothing. */
export function parseTextQuery(text: string): TextQuery {
  const required: TextTerm[] = [];
  const excluded: TextTerm[] = [];
  const bounded = text.slice(0, maxQueryCharacters).replace(typographicQuotes, '"').toWellFormed();
  for (const { groups = {} } of bounded.matchAll(term)) {
    if (required.length + excluded.length === maxQueryTerms) break;
    const { minus, phrase, word = '' } = groups;
    const parsed = { text: phrase ?? word, isPrefix: phrase === undefined && word.endsWith('*') };
    if (letterOrDigit.test(parsed.text)) (minus === '' ? required : excluded).push(parsed);
  }
  return { required, excluded };
}

/** Consecutive words, as a filter asks for a part of an address; `*` at the end lets the last one go on. undefined: no words. */
export function partTerm(text: string): TextTerm | undefined {
  const bounded = text.slice(0, maxQueryCharacters).trim().toWellFormed();
  return letterOrDigit.test(bounded) ? { text: bounded, isPrefix: bounded.endsWith('*') } : undefined;
}
