/** Words one letter away from a word: one left out, one too many, another one, or two in the wrong order. */

/** Letters that may be wrong are looked for in the alphabet of the word only; words of other scripts are taken as they are. */
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

/** Each once, without the word itself. The first letter is right: so it is nearly always, and so does Meilisearch see it. */
export function nearWords(word: string): ReadonlySet<string> {
  const letters = Array.from(word);
  const alphabet = alphabets.find(({ holds }) => holds.test(word))?.letters ?? [];
  const near = new Set<string>();
  for (let at = 1; at <= letters.length; at++) {
    const before = letters.slice(0, at).join('');
    const [here = '', next = '', ...rest] = letters.slice(at);
    const after = rest.join('');
    for (const letter of alphabet) {
      near.add(before + letter + here + next + after);
      if (here !== '') near.add(before + letter + next + after);
    }
    if (here !== '') near.add(before + next + after);
    if (next !== '') near.add(before + next + here + after);
  }
  near.delete(word);
  return near;
}
