/** Domain names in both their forms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiDomain, unicodeDomain } from './punycode.ts';

describe('internationalised domain names', () => {
  it.each([
    ['xn--mnchen-3ya.example', 'münchen.example'],
    ['xn--80arbjktj.xn--p1ai', 'мойсайт.рф'],
    ['xn--wgv71a119e.example', '日本語.example'],
    ['plain.example', 'plain.example'],
  ])('%s is %s', (ascii, letters) => {
    expect(unicodeDomain(ascii)).toBe(letters);
    expect(asciiDomain(letters)).toBe(ascii);
  });

  it('stay as they are where they cannot be decoded', () => {
    expect(unicodeDomain('xn--a-ä.example')).toBe('xn--a-ä.example');
    expect(unicodeDomain('xn--999999999.example')).toBe('xn--999999999.example');
    expect(asciiDomain('a b.example')).toBeUndefined();
  });

  it('come back from ASCII as they went', () => {
    const letter = fc.constantFrom(...Array.from('abcäöüéèñçłşабвгдежαβγδ日本語한국'));
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 15 }), (letters) => {
        const label = letters.join('').normalize('NFC');
        const ascii = asciiDomain(`${label}.example`);
        fc.pre(ascii !== undefined);
        expect(unicodeDomain(ascii ?? '')).toBe(`${label}.example`);
      }),
    );
  });
});
