/** What people type in the language of Meilisearch: nothing of it is syntax but what we put there. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canForgive, compileText } from './query-text.ts';

const compile = (text: string, isForgiving = false): string => compileText(text, { isForgiving });

/** Any code points, lone surrogates too; quicker to make than the strings of fast-check. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x7f)), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

it('quotes whole words and phrases, puts exclusions first and the open word last', () => {
  expect(compile('Bank "Your Account" -hotel -"last minute" invo')).toBe(
    '-"hotel" -"last minute" "Bank" "Your Account" invo',
  );
  expect(compile('invo* bank ')).toBe('"bank" invo');
  expect(compile('bank ')).toBe('"bank" ');
  expect(compile('-sea')).toBe('-"sea" ');
  expect(compile('')).toBe(' ');
});

it('keeps an address whole, and lets its last word go on when it is asked again', () => {
  expect(compile('news@shop.exa')).toBe('"news shop exa" ');
  expect(compile('news@shop.exa', true)).toBe(' "news shop" exa');
});

it('leaves the marks of a script to Meilisearch, which folds those of a few only', () => {
  expect(compile('мой ')).toBe('"мой" ');
  expect(compile('"हिन्दी भाषा" ')).toBe('"हिन्दी भाषा" ');
  expect(compile('발표 자료 ')).toBe('"발표" "자료" ');
});

it('takes words of five letters and more out of their quotes to forgive them', () => {
  expect(compile('invoise bank "hotle" ', true)).toBe('invoise "bank" "hotle" ');
  expect([
    canForgive('invoise '),
    canForgive('bank '),
    canForgive('"invoise"'),
    canForgive('-invoise'),
  ]).toEqual([true, false, false, false]);
});

it('lets nothing through but words, whatever is typed', () => {
  fc.assert(
    fc.property(anyText(200), fc.boolean(), (text, isForgiving) => {
      const rest = compile(text, isForgiving).replaceAll(/-?"[\p{L}\p{N}\p{M}\p{S}\p{Co} ]+"/gu, '');
      expect(rest).toMatch(/^[\p{L}\p{N}\p{M}\p{S}\p{Co} ]*$/u);
    }),
  );
});
