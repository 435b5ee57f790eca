/** Words one letter away from a word: one left out, one too many, another one, or two in the wrong order. */

/** A letter is looked for in the alphabet of the word only; of words of other scripts one may be left out or two swapped. */
const alphabets: readonly { readonly holds: RegExp; readonly letters: readonly string[] }[] = [
  { holds: /^[a-z0-9]+$/, letters: 'abcdefghijklmnopqrstuvwxyz0123456789'.split('') },
  { holds: /^\p{Script=Cyrillic}+$/u, letters: 'абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґ'.split('') },
  { holds: /^\p{Script=Greek}+$/u, letters: 'αβγδεζηθικλμνξοπρσςτυφχψω'.split('') },
];

/** Shorter words have too many neighbours, longer ones are no words that people type. */
const minLetters = 5;
const maxLetters = 24;

export const mayBeForgiven = (word: string): boolean => {
  const { length } = Array.from(word);
  return length >= minLetters && length <= maxLetters;
};

/** Whether one is a letter away from the other, wherever in it. */
export function isNear(word: string, other: string): boolean {
  const [here, there] = difference(Array.from(word), Array.from(other));
  const longest = Math.max(here.length, there.length);
  if (longest !== 2) return longest === 1;
  return here[0] === there[1] && here[1] === there[0];
}

/** Without what they begin and end with alike. */
function difference<T>(left: readonly T[], right: readonly T[]): readonly [readonly T[], readonly T[]] {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return [left.slice(start, left.length - end), right.slice(start, right.length - end)];
}

/** What words that are one away begin with, where the third letter or one behind it is the wrong one. */
export const rightBeginning = (word: string): string => Array.from(word).slice(0, 2).join('');

/**
 * Words that are one away and begin otherwise: some seventy. The first letter is right: so it is nearly always, and so does
 * Meilisearch see it.
 */
export function wrongSecondLetter(word: string): ReadonlySet<string> {
  const [first = '', second = '', third = '', ...rest] = Array.from(word);
  const after = rest.join('');
  const near = new Set([first + third + after, first + third + second + after]);
  for (const letter of alphabets.find(({ holds }) => holds.test(word))?.letters ?? []) {
    near.add(first + letter + second + third + after);
    near.add(first + letter + third + after);
  }
  for (const other of near) if (other.startsWith(first + second)) near.delete(other);
  return near;
}
