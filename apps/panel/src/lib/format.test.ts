/** Figures for people. */
import { describe, expect, it } from 'vitest';
import { bytes, counted, share } from './format.ts';

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [99_940, '99.9 kB'],
    [123_456, '123 kB'],
    [999_700, '1.0 MB'],
    [52_428_800, '52.4 MB'],
    [3e15, '3000 TB'],
  ])('%d bytes are %s', (value, words) => expect(bytes(value)).toBe(words));

  it.each([
    [0, 0, '0 %'],
    [0, 10, '0 %'],
    [1, 10_000, '1 %'],
    [9_999, 10_000, '99 %'],
    [10, 10, '100 %'],
  ])('%d of %d is %s', (part, whole, words) => expect(share(part, whole)).toBe(words));

  it('a mail is one, all others are mails', () => {
    expect([0, 1, 1_234].map((value) => counted(value, 'mail'))).toEqual([
      '0 mails',
      '1 mail',
      '1,234 mails',
    ]);
  });
});
