/** Patterns as people write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  matchesAddress,
  matchesIp,
  matchesWildcard,
  parsePattern,
  patternText,
  type Pattern,
} from './pattern.ts';

function parse(text: string): Pattern {
  const result = parsePattern(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('reading a pattern', () => {
  it.each([
    ['alice@sender.example', 'alice@sender.example'],
    ['  Alice@Sender.Example  ', 'alice@sender.example'],
    ['*@sender.example', '*@sender.example'],
    ['@sender.example', '*@sender.example'],
    ['news-*@*.example', 'news-*@*.example'],
    ['sender.example', 'sender.example'],
    ['sender.example.', 'sender.example'],
    ['*.sender.example', '*.sender.example'],
    ['*', '*'],
    ['bücher.example', 'bücher.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.1/32', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
  ])('%s is stored as %s', (text, stored) => {
    expect(patternText(parse(text))).toBe(stored);
  });

  it.each([
    '',
    ' ',
    '@',
    'a b',
    'two words@x.example',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/24/8',
    '2001:db8::/129',
    '-x.example',
    'a..b',
    'https://x.example',
    'x.*.example',
    'a@b c',
  ])('%j is refused with words that say what to write', (text) => {
    expect(parsePattern(text)).toEqual({
      ok: false,
      error: { code: 'bad-pattern', message: expect.stringContaining('write an address') },
    });
  });

  it('has one spelling that reads back as the same pattern', () => {
    const anyText = fc.oneof(fc.emailAddress(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.string());
    fc.assert(
      fc.property(anyText, (text) => {
        const first = parsePattern(text);
        fc.pre(first.ok);
        if (first.ok) expect(patternText(parse(patternText(first.value)))).toBe(patternText(first.value));
      }),
    );
  });

  it('takes no longer than a moment for a long text', () => {
    const started = performance.now();
    parsePattern(`${'a'.repeat(100_000)}!`);
    parsePattern(`${'a.'.repeat(50_000)}!`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('matching an address', () => {
  it.each([
    ['alice@sender.example', 'ALICE@sender.example', true],
    ['alice@sender.example', 'alice@mail.sender.example', false],
    ['news-*@sender.example', 'news-42@sender.example', true],
    ['sender.example', 'anybody@sender.example', true],
    ['sender.example', 'anybody@mail.sender.example', false],
    ['*.sender.example', 'anybody@mail.sender.example', true],
    ['*.sender.example', 'anybody@a.b.sender.example', true],
    ['*.sender.example', 'anybody@sender.example', false],
    ['*.sender.example', 'anybody@evilsender.example', false],
    ['sender.example', 'a@b@sender.example', true],
    ['*', 'anybody@anywhere.example', true],
    ['*', '', false],
    ['192.0.2.0/24', 'anybody@192.0.2.1', false],
  ])('%s and %s: %s', (pattern, address, matches) => {
    expect(matchesAddress(parse(pattern), address)).toBe(matches);
  });
});

describe('matching a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['192.0.2.0/24', '::ffff:192.0.2.7', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['sender.example', '192.0.2.1', false],
    ['192.0.2.1', 'no address', false],
  ])('%s and %s: %s', (pattern, ip, matches) => {
    expect(matchesIp(parse(pattern), ip)).toBe(matches);
  });
});

describe('wildcards', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });

  it('match what the same regular expression matches', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, letters, (wildcard, text) => {
        const expected = new RegExp(`^${wildcard.replaceAll('*', '.*')}$`).test(text);
        expect(matchesWildcard(wildcard, text)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are quick for many stars in a long text that does not match', () => {
    const started = performance.now();
    expect(matchesWildcard(`${'*a'.repeat(200)}*b`, 'a'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
