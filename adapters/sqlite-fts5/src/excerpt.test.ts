/** Excerpts: texts of ASCII, which are searched by an expression, show what all texts show. */
import { expect, it } from 'vitest';
import { createExcerpts } from './excerpt.ts';

const term = (text: string, isPrefix = false) => ({ text, isPrefix, isQuoted: false });

it('marks the same words of a text whether it is of ASCII or not', () => {
  const words = ['bank', 'banking', 'Konto', 'a', '24', 'x_y', 'e-mail', 'BANK', '--', "it's"];
  const terms = [
    ...words.map((one) => term(one)),
    term('ban', true),
    term('e mail'),
    term('konto ban', true),
  ];
  const text = (n: number): string =>
    Array.from({ length: 120 }, (_, place) => words[(n * (place + 3) + place * place) % words.length]).join(
      ' ',
    );
  for (let n = 0; n < 100; n += 1) {
    const excerptOf = createExcerpts([n, n * 3 + 1, n * 7 + 2].map((one) => terms[one % terms.length]!));
    // Behind the longest excerpt, so that nothing else is shown.
    expect(excerptOf([`${text(n)} .`]), text(n)).toBe(excerptOf([`${text(n)} €`]));
  }
});

it('is cut from the first text that holds a match, else from the first that holds anything', () => {
  const excerptOf = createExcerpts([term('bank')]);
  expect(excerptOf(['', 'nothing', 'the bank'])).toBe('the \u{E000}bank\u{E001}');
  expect(excerptOf(['', 'nothing', 'the banks'])).toBe('nothing');
  expect(excerptOf([])).toBe('');
});
