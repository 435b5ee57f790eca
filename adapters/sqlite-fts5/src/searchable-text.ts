/** Prepares text for the tokenizer, the same way for documents and for queries, and takes words apart as it does. */

/** Scripts written without spaces: each character is a word, so that any part of a text is found as a phrase. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}`;
const everyUnspaced = new RegExp(`[${unspaced}]`, 'gv');

/** Keys, hashes and encoded blobs, which nobody searches for and which are different in every mail. */
const blob = /[\p{L}\p{N}]{65,}/gu;

/** Cheap to ask, and false for nearly all texts, which then need no closer look. */
const mayHoldBlob = /(?:^|\s)\S{65}/;
const mayHoldUnspaced = /[\u0e00-\udfff\uf900-\uffff]/;
const isAscii = /^[\0-\x7f]*$/;

/** Between the parts of a mail, a word of its own (private use), so that no phrase reaches over the edge. */
const edge = ' \u{E002} ';

export const joinParts = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(edge);

export const withoutBlobs = (text: string): string =>
  mayHoldBlob.test(text) ? text.replace(blob, ' ') : text;

export const toSearchable = (text: string): string =>
  mayHoldUnspaced.test(text) ? text.replace(everyUnspaced, ' $& ') : text;

const asciiWord = /[a-z0-9]+/gi;
const word = new RegExp(`[${unspaced}]|[[\\p{L}\\p{N}\\p{Co}\\p{M}]--[${unspaced}]]+`, 'gv');

export interface Word {
  /** Without case and diacritics. */
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a text as the tokenizer `unicode61 remove_diacritics 2` sees them, nearly: for excerpts, not for matching. */
export function* wordsOf(text: string): Generator<Word, void> {
  for (const { 0: found, index } of text.matchAll(isAscii.test(text) ? asciiWord : word)) {
    yield { folded: fold(found), start: index, end: index + found.length };
  }
}

const fold = (text: string): string =>
  isAscii.test(text) ? text.toLowerCase() : text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
