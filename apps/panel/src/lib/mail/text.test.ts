/** The text of a mail, harmless and in blocks. */
import { expect, it } from 'vitest';
import { harmless, maxShown, textBlocks } from './text.ts';

it('keeps quotes apart from what was written', () => {
  expect(textBlocks('Hello\r\n\r\n> old\r\n> older\r\n\r\nBye')).toEqual([
    { isQuoted: false, text: 'Hello\n' },
    { isQuoted: true, text: '> old\n> older\n' },
    { isQuoted: false, text: 'Bye' },
  ]);
});

it('takes an escaped “From ” for no quote', () => {
  expect(textBlocks('>From here on')).toEqual([{ isQuoted: false, text: '>From here on' }]);
});

it('hides nothing and turns nothing around, but keeps lines and tabs', () => {
  expect(harmless('a\u202Eb\u200B\u0000\tc\u2028d')).toBe('ab\tc\nd');
});

it('loses nothing of a text', () => {
  const text = '> a\nb\n\n> c\n> d\n';
  expect(
    textBlocks(text)
      .map((block) => block.text)
      .join('\n'),
  ).toBe(text);
});

it('shows no more than a page can bear', () => {
  const [block] = textBlocks('x'.repeat(maxShown * 2));
  expect(block?.text).toHaveLength(maxShown);
});
