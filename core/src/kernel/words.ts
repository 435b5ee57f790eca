/** Words as every search index of ours sees them: the same for documents, queries and excerpts, whatever engine is behind. */

/** Scripts written without spaces: each character is a word, so that any part of a text is found as a phrase. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}`;
const everyUnspaced = new RegExp(`[${unspaced}]`, 'gv');
const spacedOut = new RegExp(`(?<=[${unspaced}]) +(?=[${unspaced}])`, 'gv');

/** Cheap to ask, and false for nearly all texts, which then need no closer look. */
const mayHoldUnspaced = /[\u0e00-\udfff\uf900-\uffff]/;
const isAscii = /^[\0-\x7f]*$/;

/** Sets the characters of unspaced scripts apart, for tokenizers that would take a row of them for one word. */
export const spaceOut = (text: string): string =>
  mayHoldUnspaced.test(text) ? text.replace(everyUnspaced, ' $& ') : text;

/** The way back, for showing. */
export const closeUp = (text: string): string =>
  mayHoldUnspaced.test(text) ? text.replace(spacedOut, '') : text;

const asciiWord = /[a-z0-9]+/gi;
const word = new RegExp(`[${unspaced}]|[[\\p{L}\\p{N}\\p{Co}\\p{M}]--[${unspaced}]]+`, 'gv');

export interface Word {
  /** Without case and diacritics. */
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/** Nearly as the tokenizers of SQLite (`unicode61 remove_diacritics 2`) and Meilisearch see them. */
export function* wordsOf(text: string): Generator<Word, void> {
  for (const { 0: found, index } of text.matchAll(isAscii.test(text) ? asciiWord : word)) {
    yield { folded: fold(found), start: index, end: index + found.length };
  }
}

const fold = (text: string): string =>
  isAscii.test(text) ? text.toLowerCase() : text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
