/** What people type becomes terms, and nothing that they type is an error. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOpen, maxQueryTerms, parseTextQuery } from './text-query.ts';

/** Written shorter: `word*` for a prefix. */
const parse = (text: string) => {
  const write = (terms: readonly { text: string; isPrefix: boolean }[]) =>
    terms.map(({ text: words, isPrefix }) => (isPrefix ? `<${words}>` : words));
  const { required, excluded } = parseTextQuery(text);
  return [write(required), write(excluded)];
};

/** Any code points, lone surrogates too; quicker to make than the strings of fast-check. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x7f)), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

it('takes words, phrases, exclusions and prefixes apart', () => {
  expect(parse('invoice "bank account" -hotel -"last minute" pay*')).toEqual([
    ['invoice', 'bank account', '<pay*>'],
    ['hotel', 'last minute'],
  ]);
});

it('leaves addresses and file names whole', () => {
  expect(parse('news@shop.example Rechnung_2024.pdf well-known')).toEqual([
    ['news@shop.example', 'Rechnung_2024.pdf', '<well-known>'],
    [],
  ]);
});

it('takes the last word as the beginning of one, unless a space follows, a quote or a minus', () => {
  expect(parse('bank invo')).toEqual([['bank', '<invo>'], []]);
  expect(parse('bank invo ')).toEqual([['bank', 'invo'], []]);
  expect(parse('bank "invo"')).toEqual([['bank', 'invo'], []]);
  expect(parse('bank -invo')).toEqual([['bank'], ['invo']]);
});

it('lets the beginning of a word stand for others from three characters on', () => {
  const open = (text: string) => parseTextQuery(text).required.map(isOpen);
  expect([open('in'), open('inv'), open('ab.inv'), open('inv '), open('发票')]).toEqual([
    [false],
    [true],
    [true],
    [false],
    [false],
  ]);
});

it('takes a phrase that is not closed to the end, and quotes as word processors write them', () => {
  expect(parse('free "credit card')).toEqual([['free', 'credit card'], []]);
  expect(parse('„Ihre Rechnung“')).toEqual([['Ihre Rechnung'], []]);
});

it('passes over what holds no letter or digit', () => {
  expect(parse('- * "" -"" :;() ^ AND + !!!')).toEqual([['AND'], []]);
  expect(parse('')).toEqual([[], []]);
});

it('reads any text, into a bounded number of terms', () => {
  fc.assert(
    fc.property(anyText(2000), (text) => {
      const { required, excluded } = parseTextQuery(text);
      expect(required.length + excluded.length).toBeLessThanOrEqual(maxQueryTerms);
      for (const { text: words } of [...required, ...excluded]) expect(words.isWellFormed()).toBe(true);
    }),
  );
});
