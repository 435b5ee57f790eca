/** Addresses in header fields as people and programs write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesIn } from './header-addresses.ts';

const anyCharacter = fc.constantFrom(...'<>@()[],;:"\\ab. \t\r\nø'.split(''));

describe('the addresses of a header field', () => {
  it.each([
    ['a bare one', 'bob@here.example', ['bob@here.example']],
    ['one in brackets', 'Bob <bob@here.example>', ['bob@here.example']],
    [
      'several',
      'a@x.example, "B, C" <b@y.example>,c@z.example',
      ['a@x.example', 'b@y.example', 'c@z.example'],
    ],
    ['a name that is an address', '"a@evil.example" <b@y.example>', ['b@y.example']],
    ['a bare name that is an address', 'a@evil.example <b@y.example>', ['b@y.example']],
    ['a comment', 'bob@here.example (at a@evil.example)', ['bob@here.example']],
    ['a group', 'Friends: a@x.example, B <b@y.example>;', ['a@x.example', 'b@y.example']],
    ['nobody', 'undisclosed-recipients:;', []],
    ['the null sender', '<>', []],
    ['a source route', '<@relay.example,@other.example:bob@here.example>', ['bob@here.example']],
    ['an unclosed quote', '"Bob <bob@here.example>', ['bob@here.example']],
    ['letters outside of ASCII', '=?utf-8?q?B=C3=B6b?= <bøb@here.example>', ['bøb@here.example']],
    ['no address', 'bob', []],
  ])('reads %s', (_name, value, addresses) => {
    expect(addressesIn(value)).toEqual(addresses);
  });

  it('finds no address with white space or brackets in it, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (value) => {
        for (const address of addressesIn(value)) expect(address).toMatch(/^[^\s<>@]+@[^\s<>@]+$/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is done with hostile text at once', () => {
    for (const piece of ['(', '"', '<', '\\', '((a', '<a@b', 'a@b,']) {
      const since = performance.now();
      addressesIn(piece.repeat(50_000));
      expect(performance.now() - since).toBeLessThan(1_000);
    }
  });
});
