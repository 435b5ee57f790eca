import { describe, expect, it } from 'vitest';
import { isPrivateHost } from './private-address.ts';

describe('a host that is private by its text', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'mail.localhost',
    'mail.localhost.',
    'ｌocalhost',
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127。0。0。1',
    '１２７.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::1%lo',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
  ])('is %s', (host) => {
    expect(isPrivateHost(host)).toBe(true);
  });

  it.each(['mail.example.org', 'localhost.example.org', 'notlocalhost', '8.8.8.8', '2606:4700::1111', ''])(
    'is not %s',
    (host) => {
      expect(isPrivateHost(host)).toBe(false);
    },
  );
});
