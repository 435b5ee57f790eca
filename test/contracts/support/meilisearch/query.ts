/** Queries as Meilisearch reads them: phrases, exclusions, the last word as a prefix, one typo, split words, ten terms. */
import { type Stored, valuesOf } from './filter.ts';
import { piecesOf, type Token, tokensOfAll, type TokenSettings } from './tokens.ts';

export interface QuerySettings extends TokenSettings {
  readonly typoTolerance?: { readonly minWordSizeForTypos?: { readonly oneTypo?: number } };
}

export interface Term {
  readonly words: readonly string[];
  readonly isPhrase: boolean;
  readonly isPrefix: boolean;
  readonly isExcluded: boolean;
}

/** Only so many are read; exclusions do not count. */
const maxTerms = 10;

/** Bytes of a key of its database: words of phrases are looked up whatever their length. */
const maxKey = 511;

export function parseQuery(query: string, settings: QuerySettings): readonly Term[] {
  const terms: Term[] = [];
  const pieces = [...piecesOf(query, settings)];
  let phrase: string[] | undefined;
  let isExcluded = false;
  let isNegative = false;
  let isAfterSpace = true;
  const push = (words: readonly string[], isPhrase: boolean, isPrefix = false): void => {
    if (isPhrase && words.some((word) => Buffer.byteLength(word) > maxKey))
      throw new Error('MDB_BAD_VALSIZE');
    if (words.length > 0) terms.push({ words, isPhrase, isPrefix, isExcluded });
  };
  for (const [at, { kind, lemma }] of pieces.entries()) {
    if (lemma === '') continue;
    if (terms.filter((term) => !term.isExcluded).length === maxTerms) return terms;
    if (kind === 'word') {
      if (phrase !== undefined) phrase.push(lemma);
      else {
        isExcluded = isNegative;
        push([lemma], false, !isNegative && at === pieces.length - 1);
        isNegative = false;
      }
    } else if (lemma === '"') {
      if (phrase === undefined) {
        isExcluded = isNegative;
        phrase = [];
      } else {
        push(phrase, true);
        phrase = undefined;
      }
      isNegative = false;
    } else if (phrase === undefined) isNegative = lemma === '-' && isAfterSpace;
    else if (kind === 'hard') {
      push(phrase, true);
      phrase = [];
    }
    isAfterSpace = /\s$/u.test(lemma);
  }
  if (phrase !== undefined) push(phrase, true);
  return terms;
}

export interface Match {
  readonly start: number;
  readonly end: number;
  /** Where its mark ends: of a prefix only what was typed is marked. */
  readonly marked: number;
}

/** Where a term occurs in the words of a text. */
export function matchesOf(
  text: string,
  tokens: readonly Token[],
  term: Term,
  settings: QuerySettings,
): Match[] {
  const { words, isPhrase, isPrefix } = term;
  const [want = ''] = words;
  const mayErr = Array.from(want).length >= (settings.typoTolerance?.minWordSizeForTypos?.oneTypo ?? 5);
  return tokens.flatMap((token, at) => {
    if (isPhrase) {
      const last = isRow(tokens, at, words) ? tokens[at + words.length - 1] : undefined;
      return last === undefined ? [] : [{ start: token.start, end: last.end, marked: last.end }];
    }
    const { lemma, start, end } = token;
    if (lemma === want || (mayErr && isNear(lemma, want))) return [{ start, end, marked: end }];
    if (isPrefix && (lemma.startsWith(want) || (mayErr && beginsNear(lemma, want)))) {
      return [{ start, end, marked: start + markedLetters(text.slice(start, end), want) }];
    }
    const next = tokens[at + 1];
    if (next === undefined || lemma + next.lemma !== want || !isRow(tokens, at, [lemma, next.lemma]))
      return [];
    return [{ start, end: next.end, marked: next.end }];
  });
}

const isRow = (tokens: readonly Token[], at: number, words: readonly string[]): boolean =>
  words.every((word, more) => {
    const token = tokens[at + more];
    return token?.lemma === word && token.position === tokens[at]!.position + more;
  });

const markedLetters = (text: string, want: string): number =>
  Array.from(text).slice(0, Array.from(want).length).join('').length;

const cache = new WeakMap<Stored, Map<string, readonly Token[][]>>();

/** The words of each text of a field. */
function wordsOfField(document: Stored, field: string, settings: QuerySettings): readonly Token[][] {
  const known = cache.get(document) ?? new Map<string, readonly Token[][]>();
  cache.set(document, known);
  const tokens = known.get(field) ?? tokensOfAll(valuesOf(document[field]), settings);
  known.set(field, tokens);
  return tokens;
}

export function answers(
  document: Stored,
  terms: readonly Term[],
  { fields, settings }: { readonly fields: readonly string[]; readonly settings: QuerySettings },
): boolean {
  const texts = fields.flatMap((field) => wordsOfField(document, field, settings));
  const occurs = (term: Term): boolean =>
    texts.some((tokens) => matchesOf('', tokens, term, settings).length > 0);
  return terms.every((term) => occurs(term) !== term.isExcluded);
}

const beginsNear = (have: string, want: string): boolean =>
  [-1, 0, 1].some((more) => isNear(have.slice(0, want.length + more), want));

/** One letter away, or two neighbours changed; the first one counts for two. */
function isNear(have: string, want: string): boolean {
  if (have[0] !== want[0] || Math.abs(have.length - want.length) > 1) return false;
  const [a, b] = [Array.from(have), Array.from(want)];
  const from = a.findIndex((letter, place) => letter !== b[place]);
  const at = from === -1 ? a.length : from;
  const rest = (letters: readonly string[], begin: number): string => letters.slice(begin).join('');
  return (
    rest(a, at + 1) === rest(b, at + 1) ||
    rest(a, at + 1) === rest(b, at) ||
    rest(a, at) === rest(b, at + 1) ||
    (a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2))
  );
}
