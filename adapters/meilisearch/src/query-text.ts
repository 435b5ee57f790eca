/** What people typed, in the language of Meilisearch: phrases in quotes, exclusions behind a minus, one open word at the end. */
import { isOpen, parseTextQuery, type TextQuery, type TextTerm } from '@sluice/core/kernel/text-query.ts';
import { typedWords } from './plain-words.ts';

/** Words from this length on may differ by one letter, where nothing is found otherwise (see settings.ts). */
const minForgiven = 5;

/**
 * Everything stands in quotes, where Meilisearch tries no other words, but for the one that may go on: it has to be the
 * last, and of several only the last one is. `isForgiving` is for when that finds nothing: long words leave their quotes,
 * and of an address that is being typed (`news@shop.exa`) the last word goes on, without being tied to the ones before it.
 * Only words get here, so that nothing people type is syntax. Exclusions come first: Meilisearch reads ten terms, no more.
 */
export function compileText(text: string, { isForgiving }: { readonly isForgiving: boolean }): string {
  const { required, excluded } = parse(text);
  const open = required.findLast((term) => isOpen(term) && (isForgiving || isOneWord(term)));
  const closed = required.filter((term) => term !== open);
  const words = closed.map((term) =>
    isForgiving && isForgivable(term) ? wordsOfTerm(term)[0] : phrase(term),
  );
  // The closing space tells that the last word is a whole one.
  const last = open === undefined ? ' ' : openEnd(open);
  return [...excluded.map((term) => `-${phrase(term)}`), ...words].join(' ') + last;
}

/** Whether asking again, forgiving, could find anything else. */
export const canForgive = (text: string): boolean =>
  parse(text).required.some((term) => isForgivable(term) || (isOpen(term) && !isOneWord(term)));

export const hasRequired = (text: string): boolean => parse(text).required.length > 0;

/** Of words that are longer Meilisearch keeps nothing, and a phrase with one is an error to it. */
const maxWordBytes = 250;

/** Whether a word is asked for that no mail can have in the index. */
export const asksTooMuch = (text: string): boolean => parseTextQuery(text).required.some(isTooLong);

/** Whether several words are found as one, so that they are to be marked as one. */
export const hasPhrase = (text: string): boolean => parse(text).required.some((term) => !isOneWord(term));

/** Terms that hold a word, and none that is too long. */
function parse(text: string): TextQuery {
  const { required, excluded } = parseTextQuery(text);
  const holdsWord = (term: TextTerm): boolean => wordsOfTerm(term).length > 0 && !isTooLong(term);
  return { required: required.filter(holdsWord), excluded: excluded.filter(holdsWord) };
}

function openEnd(term: TextTerm): string {
  const words = wordsOfTerm(term);
  const before = words.slice(0, -1).join(' ');
  return `${before === '' ? '' : ` "${before}"`} ${words.at(-1)}`;
}

const isOneWord = (term: TextTerm): boolean => wordsOfTerm(term).length === 1;

const isForgivable = (term: TextTerm): boolean =>
  !term.isQuoted && isOneWord(term) && Array.from(wordsOfTerm(term)[0] ?? '').length >= minForgiven;

const phrase = (term: TextTerm): string => `"${wordsOfTerm(term).join(' ')}"`;

const isTooLong = (term: TextTerm): boolean =>
  wordsOfTerm(term).some((word) => Buffer.byteLength(word.normalize('NFKD')) > maxWordBytes);

const wordsOfTerm = ({ text }: TextTerm): string[] => typedWords(text.normalize('NFC'));
