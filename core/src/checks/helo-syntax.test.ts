/** Whether the name in HELO can be the name of a mail server. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { heloSyntax } from './helo-syntax.ts';

const judgeHelo = (helo: string, level: string) =>
  concluded(heloSyntax, { envelope: { helo }, settings: { level } });

/** HELO, the level from which on it fails, and what is said of it. */
const faults: readonly (readonly [string, 'lenient' | 'rfc' | 'strict', string])[] = [
  ['', 'lenient', 'HELO gave no name.'],
  ['192.0.2.1', 'lenient', 'HELO “192.0.2.1” is a bare IP address, not a host name.'],
  ['2001:db8::1', 'lenient', 'HELO “2001:db8::1” is a bare IP address, not a host name.'],
  ['my computer', 'lenient', 'HELO “my computer” holds characters that no host name has.'],
  ['<script>', 'lenient', 'HELO “<script>” holds characters that no host name has.'],
  [
    'mail_1.example.org',
    'rfc',
    'HELO “mail_1.example.org” holds an underscore, which host names do not have.',
  ],
  ['localhost', 'rfc', 'HELO “localhost” is not a full host name.'],
  ['12345', 'rfc', 'HELO “12345” is not a full host name.'],
  ['-mail.example.org', 'rfc', 'HELO “-mail.example.org” is not spelled as a host name.'],
  ['mail..example.org', 'rfc', 'HELO “mail..example.org” is not spelled as a host name.'],
  ['mail.example.123', 'rfc', 'HELO “mail.example.123” ends in a number, which no domain does.'],
  [`${'a'.repeat(64)}.example.org`, 'rfc', 'is too long for a host name.'],
  ['[192.0.2]', 'rfc', 'HELO “[192.0.2]” is not a valid address in brackets.'],
  ['[IPv6:zzz]', 'rfc', 'HELO “[IPv6:zzz]” is not a valid address in brackets.'],
  ['[192.0.2.1]', 'strict', 'HELO “[192.0.2.1]” is an address in brackets, not a host name.'],
  ['[IPv6:2001:db8::1]', 'strict', 'HELO “[IPv6:2001:db8::1]” is an address in brackets, not a host name.'],
  ['pc7.local', 'strict', 'HELO “pc7.local” is a name for private networks.'],
  ['printer.lan', 'strict', 'HELO “printer.lan” is a name for private networks.'],
  ['mail.internal', 'strict', 'HELO “mail.internal” is a name for private networks.'],
  ['box.home.arpa', 'strict', 'HELO “box.home.arpa” is a name for private networks.'],
];

const levels = ['lenient', 'rfc', 'strict'] as const;

describe('helo-syntax', () => {
  it.each([
    'mx1.example.org',
    'MAIL-4.Example.Org',
    'a.b.c.example',
    'mail.example.org.',
    'xn--bcher-kva.example',
  ])('takes %s at every level', async (helo) => {
    for (const level of levels) {
      expect(await judgeHelo(helo, level)).toEqual({
        result: 'pass',
        sentence: `HELO “${helo}” is a full host name.`,
      });
    }
  });

  it.each(faults)('finds fault with %j from the level %s on', async (helo, from, sentence) => {
    for (const level of levels) {
      const isFault = levels.indexOf(level) >= levels.indexOf(from);
      const conclusion = await judgeHelo(helo, level);
      expect(conclusion.result).toBe(isFault ? 'fail' : 'pass');
      expect(conclusion.sentence).toContain(sentence);
    }
  });

  it('says that a level lets a fault through', async () => {
    expect(await judgeHelo('localhost', 'lenient')).toEqual({
      result: 'pass',
      sentence: 'HELO “localhost” is not a full host name. The level lenient lets that through.',
    });
  });
});
