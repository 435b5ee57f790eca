import { describe, expect, it } from 'vitest';
import { parseClamdUrl } from './address.ts';

describe('the address of a clamd', () => {
  it.each([
    ['tcp://127.0.0.1:3311', { host: '127.0.0.1', port: 3311 }],
    ['clamd://scanner.internal', { host: 'scanner.internal', port: 3310 }],
    ['tcp://[::1]:3310', { host: '::1', port: 3310 }],
    ['unix:/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
    ['unix:///run/clamd.sock', { path: '/run/clamd.sock' }],
  ])('%s', (url, address) => {
    expect(parseClamdUrl(url)).toEqual(address);
  });

  it.each(['', 'http://127.0.0.1:3310', 'unix:relative', 'tcp://:3310', '127.0.0.1:3310', 'tcp://h:99999'])(
    'refuses "%s"',
    (url) => {
      expect(() => parseClamdUrl(url)).toThrow('not the address of a clamd');
    },
  );
});
