/** Near words: every word that is one letter away, but for its first letter, and no other. */
import { expect, it } from 'vitest';
import { mayBeForgiven, nearWords } from './near-words.ts';

it('holds what people type by mistake', () => {
  for (const typed of ['invoce', 'invoicce', 'invoise', 'ivnoice', 'invoic'])
    expect(nearWords(typed), typed).toContain('invoice');
  for (const typed of ['nvoice', 'nivoice', 'invoise2', 'unvoice'])
    expect(nearWords(typed), typed).not.toContain('invoice');
  expect(nearWords('звіта')).toContain('звіт');
});

it('is found both ways, and is never the word itself', () => {
  for (const typed of ['aaaaa', 'abcab', 'invoice', 'σπιτια']) {
    const near = [...nearWords(typed)];
    expect(near).not.toContain(typed);
    expect(near.filter((other) => !nearWords(other).has(typed))).toEqual([]);
  }
});

it('is asked for words of five to 24 letters', () => {
  expect(['bank', 'hotel', 'x'.repeat(25)].map(mayBeForgiven)).toEqual([false, true, false]);
});
