/** Which domain is the author of a mail. */
import { describe, expect, it } from 'vitest';
import { authorDomain } from './author-domain.ts';

const from = (...addresses: string[]) => ({
  headers: [{ name: 'from', value: addresses.join(', ') }],
  from: addresses.map((address) => ({ name: '', address })),
});

describe('the author domain', () => {
  it('is the domain of the From header, in lower case', () => {
    expect(authorDomain(from('Alice@Sender.Example'))).toBe('sender.example');
  });

  it('is what stands behind the last at sign', () => {
    expect(authorDomain(from('"a@b"@sender.example.'))).toBe('sender.example');
  });

  it('may be shared by several authors', () => {
    expect(authorDomain(from('a@sender.example', 'b@SENDER.example'))).toBe('sender.example');
  });

  it.each([
    ['two domains', from('a@one.example', 'b@two.example')],
    ['no author', from()],
    ['an author that cannot be read', from('')],
    ['an author beside one that cannot be read', from('a@one.example', '')],
    ['no From header', { ...from('a@one.example'), headers: [] }],
    [
      'two From headers',
      { ...from('a@one.example'), headers: [...from('x').headers, { name: 'FROM', value: 'y' }] },
    ],
  ])('is not known with %s', (_name, message) => {
    expect(authorDomain(message)).toBeUndefined();
  });
});
