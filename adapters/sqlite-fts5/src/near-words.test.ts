/** Near words: every word that is one letter away, but for its first letter, and no other. */
import { expect, it } from 'vitest';
import { isNear, mayBeForgiven, rightBeginning, wrongSecondLetter } from './near-words.ts';

/** As the vocabulary looks for them. */
const isFound = (typed: string, word: string): boolean =>
  (word.startsWith(rightBeginning(typed)) && isNear(typed, word)) || wrongSecondLetter(typed).has(word);

it('are those that people mean', () => {
  for (const typed of ['invoce', 'invoicce', 'invoise', 'ivnoice', 'invoic', 'ivoice', 'ienvoice', 'imvoice'])
    expect(isFound(typed, 'invoice'), typed).toBe(true);
  for (const typed of ['nvoice', 'nivoice', 'invoise2', 'unvoice', 'invioec', 'invoice'])
    expect(isFound(typed, 'invoice'), typed).toBe(false);
  expect(isFound('звіта', 'звіт')).toBe(true);
  expect(isFound('ввіта', 'ввита')).toBe(true);
});

it('are all that are one letter away and begin alike, whichever way they are looked for', () => {
  const letters = ['a', 'b', 'c'];
  const words = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => `x${a}${b}${c}`)));
  const all = [...words, ...words.flatMap((word) => letters.map((letter) => word + letter))];
  for (const typed of all) {
    for (const word of all) {
      expect(isFound(typed, word), `${typed} ${word}`).toBe(isNear(typed, word));
      expect(isNear(typed, word)).toBe(isNear(word, typed));
    }
  }
});

it('are asked for of words of five to 24 letters', () => {
  expect(['bank', 'hotel', 'x'.repeat(25)].map(mayBeForgiven)).toEqual([false, true, false]);
});
