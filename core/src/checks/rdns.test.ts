/** Whether the client has a reverse name. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { rdns } from './rdns.ts';

const ptr = 'PTR 10.2.0.192.in-addr.arpa';

describe('rdns', () => {
  it('passes a client with a reverse name, and names it', async () => {
    expect(await concluded(rdns, { dns: { [ptr]: ['MX.sender.example'] } })).toEqual({
      result: 'pass',
      sentence: 'The reverse name of 192.0.2.10 is mx.sender.example.',
    });
  });

  it('fails a client without one', async () => {
    expect(await concluded(rdns)).toEqual({
      result: 'fail',
      reason: 'reverse-missing',
      sentence: '192.0.2.10 has no reverse name.',
    });
  });

  it('looks at IPv4 and IPv6 apart', async () => {
    const six = { envelope: { ip: '2001:db8::1' } };
    expect(await concluded(rdns, { ...six, settings: { v4: false } })).toMatchObject({ result: 'fail' });
    expect(await concluded(rdns, { ...six, settings: { v6: false } })).toEqual({
      result: 'none',
      sentence: '2001:db8::1 has no reverse name; clients by IPv6 need none here.',
    });
  });

  it('keeps a few names only', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `n${index}.example`);
    expect(await gathered(rdns, { dns: { [ptr]: many } })).toMatchObject({ fact: { names: { length: 5 } } });
  });

  it('is an error where DNS does not answer, and leaves private clients alone', async () => {
    expect(await gathered(rdns, { dns: { [ptr]: 'SERVFAIL' } })).toEqual({
      status: 'error',
      message: 'SERVFAIL',
    });
    expect(await gathered(rdns, { envelope: { ip: '10.0.0.1' } })).toEqual({
      status: 'skipped',
      why: 'private-client',
    });
  });
});
