/** Ids and addresses as filters compare them: letters, digits and dashes only, and different for different ids. */
import { createHash } from 'node:crypto';
import { isUuid } from '@sluice/core/archive/uuid.ts';
import { plainWords } from './plain-words.ts';

/** Meilisearch compares without case and cuts long values: what is no UUID in lower case goes by its hash. */
export const idToken = (id: string): string =>
  isUuid(id) ? id : `x${createHash('sha256').update(id.toWellFormed()).digest('hex')}`;

/** Orders mails of one moment: any order will do, as long as it is the same in every index. */
export const tieOf = (mailId: string): number =>
  Number.parseInt(createHash('sha256').update(mailId.toWellFormed()).digest('hex').slice(0, 12), 16);

/** Closed codes (`spf-fail`); nothing else is one, so that no other text gets into a filter. */
export const isCode = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/.test(text);

/** Words of a part, and letters and bytes of a word: of a longer value than 468 bytes Meilisearch keeps the beginning. */
const maxWords = 6;
const maxLetters = 24;
const maxBytes = 72;
/** No space, so that a part is one value. */
const joint = '/';

const partWords = (text: string): string[] =>
  plainWords(text).map((word) => {
    const letters = Array.from(word).slice(0, maxLetters);
    while (bytesAsCompared(letters) > maxBytes) letters.pop();
    return letters.join('');
  });

/** Values are compared by their compatibility decomposition: one letter may become eighteen. */
const bytesAsCompared = (letters: readonly string[]): number =>
  Buffer.byteLength(letters.join('').normalize('NFKD'));

/** Every row of consecutive words of an address, `news/shop`, `news`, `shop`: a part of it is found by comparing. */
export function addressParts(address: string): string[] {
  const words = partWords(address);
  const parts = words.flatMap((_, at) =>
    Array.from({ length: Math.min(maxWords, words.length - at) }, (__, more) =>
      words.slice(at, at + more + 1).join(joint),
    ),
  );
  return [...new Set(parts)];
}

/** The values to compare, all of which must be there; the last one may be a beginning. */
export function wantedParts(text: string): string[] {
  const words = partWords(text);
  if (words.length <= maxWords) return words.length === 0 ? [] : [words.join(joint)];
  return words.slice(maxWords - 1).map((_, at) => words.slice(at, at + maxWords).join(joint));
}
