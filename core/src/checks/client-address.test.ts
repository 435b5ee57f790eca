/** What an address tells of a client. */
import { describe, expect, it } from 'vitest';
import { isPrivateClient, isSameAddress, reversedAddress, reverseName } from './client-address.ts';

describe('client addresses', () => {
  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '::1',
    'fe80::1',
    'fd12::1',
    '::ffff:10.0.0.1',
    '',
    'nonsense',
  ])('%j is private', (ip) => {
    expect(isPrivateClient(ip)).toBe(true);
  });

  it.each(['8.8.8.8', '192.0.2.1', '203.0.113.9', '2a00::1', '2001:db8::1'])('%s is public', (ip) => {
    expect(isPrivateClient(ip)).toBe(false);
  });

  it('are listed in DNS in reverse', () => {
    expect(reversedAddress('192.0.2.99')).toBe('99.2.0.192');
    expect(reversedAddress('::ffff:192.0.2.99')).toBe('99.2.0.192');
    expect(reverseName('192.0.2.99')).toBe('99.2.0.192.in-addr.arpa');
    expect(reverseName('2001:db8:1:2:3:4:567:89ab')).toBe(
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    );
  });

  it('are the same in every spelling', () => {
    expect(isSameAddress('2001:db8::1', '2001:0DB8:0:0:0:0:0:1')).toBe(true);
    expect(isSameAddress('192.0.2.1', '::ffff:192.0.2.1')).toBe(true);
    expect(isSameAddress('192.0.2.1', '192.0.2.2')).toBe(false);
    expect(isSameAddress('nonsense', 'nonsense')).toBe(false);
  });
});
