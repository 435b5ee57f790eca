/**
 * Words and separators as Meilisearch sees them (docs: resources/internals/datatypes; source: charabia): punctuation and
 * spaces separate, symbols are letters, hard separators put eight places between two words, marks go in some scripts only.
 */

export interface TokenSettings {
  readonly separatorTokens?: readonly string[];
  readonly nonSeparatorTokens?: readonly string[];
}

export interface Piece {
  readonly kind: 'word' | 'soft' | 'hard';
  /** A word: folded. A separator: itself. */
  readonly lemma: string;
  readonly start: number;
  readonly end: number;
}

export interface Token {
  readonly lemma: string;
  readonly position: number;
  readonly start: number;
  readonly end: number;
}

/** The two of several characters that it has by itself. */
const longSeparators = ['. ', ', '];
const hardSeparators = new Set([...longSeparators, ...'!:;?¡§¶¿…‼‽、。！，．：；？｡､'.split('')]);
const oneSeparator = /^[\p{P}\p{Z}\n\r]$/u;

/** A separator is looked for in the text as it is; what kind it is, and whether it is one, is asked once it is decomposed. */
export function* piecesOf(text: string, settings: TokenSettings): Generator<Piece, void> {
  const { separatorTokens = [], nonSeparatorTokens = [] } = settings;
  const known = [...separatorTokens, ...longSeparators]
    .filter((one) => !nonSeparatorTokens.includes(one))
    .toSorted((left, right) => right.length - left.length);
  const isSeparator = (part: string): boolean =>
    known.includes(part) || (oneSeparator.test(part) && !nonSeparatorTokens.includes(part));
  const separatorAt = (at: number): string | undefined => {
    const longest = known.find((one) => text.startsWith(one, at));
    if (longest !== undefined) return longest;
    const letter = String.fromCodePoint(text.codePointAt(at)!);
    return isSeparator(letter) ? letter : undefined;
  };
  const toPiece = (start: number, end: number): Piece => {
    const lemma = text.slice(start, end).normalize('NFKD');
    if (!isSeparator(lemma)) return { kind: 'word', lemma: fold(lemma), start, end };
    return { kind: hardSeparators.has(lemma) ? 'hard' : 'soft', lemma, start, end };
  };
  let word = 0;
  for (let at = 0; at < text.length;) {
    const separator = separatorAt(at);
    if (separator === undefined) {
      at += text.codePointAt(at)! > 0xffff ? 2 : 1;
      continue;
    }
    if (word < at) yield toPiece(word, at);
    const end = at + separator.length;
    yield toPiece(at, end);
    word = at = end;
  }
  if (word < text.length) yield toPiece(word, text.length);
}

const maxDistance = 8;
const maxPositions = 65_535;
/** Bytes of a word; a longer one is not indexed. */
const maxWord = 250;

/** Positions go on from one text of an attribute to the next, with a gap. */
export function tokensOf(text: string, settings: TokenSettings, first = 0): Token[] {
  const tokens: Token[] = [];
  let position = first;
  let before: Piece['kind'] | undefined;
  for (const { kind, lemma, start, end } of piecesOf(text, settings)) {
    if (kind !== 'word') {
      if (tokens.length > 0 && before !== 'hard') before = kind;
      continue;
    }
    if (lemma === '') continue;
    position += before === 'hard' ? maxDistance : before === undefined ? 0 : 1;
    before = 'word';
    if (position >= maxPositions) break;
    tokens.push({ lemma: Buffer.byteLength(lemma) > maxWord ? '' : lemma, position, start, end });
  }
  return tokens;
}

export function tokensOfAll(texts: readonly string[], settings: TokenSettings): readonly Token[][] {
  let first = 0;
  return texts.map((text) => {
    const tokens = tokensOf(text, settings, first);
    first = (tokens.at(-1)?.position ?? first) + maxDistance;
    return tokens;
  });
}

const losesMarks = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]/u;

function fold(text: string): string {
  const folded = text
    .normalize('NFKD')
    .replaceAll(/\p{Cc}/gu, '')
    .toLowerCase();
  return losesMarks.test(folded) || /^\p{M}+$/u.test(folded) ? folded.replaceAll(/\p{Mn}/gu, '') : folded;
}
