/** Words that were searched for, marked in texts of strangers. */
import { describe, expect, it } from 'vitest';
import { isSaidBy, patternsOf, segmentsOf, segmentsOfExcerpt, type Segment } from './highlight.ts';

const shown = (segments: readonly Segment[]): string =>
  segments.map(({ text, isHit }) => (isHit ? `[${text}]` : text)).join('');
const marked = (text: string, search: string): string => shown(segmentsOf(text, patternsOf(search)));

describe('words in a text', () => {
  it.each([
    ['Win a prize', 'prize', 'Win a [prize]'],
    ['PRIZE, prize; Prizes', 'prize', '[PRIZE], [prize]; Prizes'],
    ['Prizes for all', 'priz*', '[Prizes] for all'],
    ['pr and prize', 'pr*', '[pr] and prize'],
    ['Grüße aus Köln', 'grusse koln', 'Grüße aus [Köln]'],
    ['win a big prize, win a prize', '"win a prize"', 'win a big prize, [win a prize]'],
    ['free prize', 'prize -free', 'free [prize]'],
    ['offer@spam.example wrote', 'offer@spam.exam*', '[offer@spam.example] wrote'],
    ['今すぐ確認', '確認', '今すぐ[確認]'],
    ['<mark>x</mark>', 'mark', '<[mark]>x</[mark]>'],
    ['a (b+ [c', '(b+ [c', 'a ([b]+ [[c]'],
    ['', 'x', ''],
  ])('%s, searched for %s', (text, search, expected) => expect(marked(text, search)).toBe(expected));

  it('lose nothing of the text, whatever it is', () => {
    for (const text of ['a\u0301 b', '👩‍👧 win', '\u202Ewin\u202C', ' win ', 'win\uE000win\uE001']) {
      const whole = segmentsOf(text, patternsOf('win a*'));
      expect(whole.map((segment) => segment.text).join('')).toBe(text);
    }
  });
});

describe('an excerpt of the index', () => {
  it('is marked where the index marked it', () =>
    expect(shown(segmentsOfExcerpt('…you \uE000won\uE001 a \uE000prize\uE001…'))).toBe(
      '…you [won] a [prize]…',
    ));
  it('keeps no mark that has no partner', () =>
    expect(shown(segmentsOfExcerpt('a\uE001b\uE000c'))).toBe('abc'));
  it('shows nothing invisible', () =>
    expect(shown(segmentsOfExcerpt('Hi\u034F\u200C \u00AD\u2007 \u202Ethere 👩‍👧'))).toBe('Hi there 👩‍👧'));
  it('is left out where it says what the subject says, or nothing', () => {
    expect(isSaidBy('Win a \uE000prize\uE001', ['Win a prize now'])).toBe(true);
    expect(isSaidBy(' \u034F \u200B', [])).toBe(true);
    expect(isSaidBy('Dear \uE000you\uE001', ['Win a prize'])).toBe(false);
  });
});
