/** What looks alike. */
import { describe, expect, it } from 'vitest';
import { mixedWord, skeleton } from './confusables.ts';

describe('texts that look alike', () => {
  it.each([
    ['PayPal', 'РауРаl'],
    ['Paypal', 'ＰａｙＰａｌ'],
    ['microsoft', 'rnicrosoft'],
    ['Amazon', '𝐀𝐦𝐚𝐳𝐨𝐧'],
    ['Apple', 'App\u200ble'],
    ['Google', 'G00gle'],
    ['Jane Doe', 'Jané  Doe'],
  ])('%s and %s', (one, other) => {
    expect(skeleton(other)).toBe(skeleton(one));
  });

  it('are not those that only sound alike', () => {
    expect(skeleton('Amazon')).not.toBe(skeleton('Amazing'));
  });
});

describe('words of two scripts', () => {
  it('are found, and told by their scripts', () => {
    expect(mixedWord('Your Pаypal')).toEqual({ word: 'Pаypal', scripts: ['Latin', 'Cyrillic'] });
  });

  it.each(['Plain', 'Иван Петров', 'Ivan Петров', 'Müller GmbH', '日本Kabushiki', 'α-Tester'])(
    'are not in %s',
    (text) => {
      expect(mixedWord(text)).toBeUndefined();
    },
  );
});
