/** Words are taken apart and folded alike wherever a search needs them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closeUp, spaceOut, wordsOf } from './words.ts';

const folded = (text: string): string[] => [...wordsOf(text)].map((one) => one.folded);

it('folds case and diacritics, and takes addresses and file names apart', () => {
  expect(folded('Über News@Shop.example Rechnung_2024.pdf')).toEqual(
    ['uber', 'news', 'shop', 'example'].concat(['rechnung', '2024', 'pdf']),
  );
});

it('takes each character of an unspaced script as a word', () => {
  expect(folded('增值税 A1発')).toEqual(['增', '值', '税', 'a1', '発']);
});

it('sees the same words in a text that is spaced out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(folded(spaceOut(text))).toEqual(folded(text));
      expect(folded(closeUp(spaceOut(text)))).toEqual(folded(text));
    }),
  );
});
