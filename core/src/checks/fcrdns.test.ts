/** Whether the reverse name of a client leads back to it. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { fcrdns } from './fcrdns.ts';

const ptr = 'PTR 10.2.0.192.in-addr.arpa';

describe('fcrdns', () => {
  it('passes where the name has the address', async () => {
    const dns = { [ptr]: ['mx.sender.example'], 'A mx.sender.example': ['192.0.2.9', '192.0.2.10'] };
    expect(await concluded(fcrdns, { dns })).toEqual({
      result: 'pass',
      sentence: '192.0.2.10 is mx.sender.example, and that name has the address.',
    });
  });

  it('passes for an IPv6 client in whatever spelling', async () => {
    const dns = {
      'PTR 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': ['six.sender.example'],
      'AAAA six.sender.example': ['2001:0db8:0:0::0001'],
    };
    expect(await concluded(fcrdns, { envelope: { ip: '2001:db8::1' }, dns })).toMatchObject({
      result: 'pass',
    });
  });

  it('fails where no name leads back', async () => {
    const dns = { [ptr]: ['mx.other.example', 'also.other.example'], 'A mx.other.example': ['198.51.100.1'] };
    expect(await concluded(fcrdns, { dns })).toEqual({
      result: 'fail',
      reason: 'reverse-unconfirmed',
      sentence:
        '192.0.2.10 calls itself mx.other.example, also.other.example, but that name does not lead back to it.',
    });
  });

  it('takes a client without a reverse name if lenient, and not if strict', async () => {
    expect(await concluded(fcrdns)).toEqual({ result: 'none', sentence: '192.0.2.10 has no reverse name.' });
    expect(await concluded(fcrdns, { settings: { strictness: 'strict' } })).toEqual({
      result: 'fail',
      reason: 'reverse-unconfirmed',
      sentence: '192.0.2.10 has no reverse name.',
    });
  });

  it('looks at ten names at most', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}.example`);
    const found = await gathered(fcrdns, { dns: { [ptr]: names } });
    expect(found).toMatchObject({ status: 'observed', fact: { names: { length: 10 } } });
  });

  it('keeps the address in question where a name has hundreds', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `198.51.100.${index}`);
    const dns = { [ptr]: ['many.example'], 'A many.example': [...many, '192.0.2.10'] };
    expect(await concluded(fcrdns, { dns })).toMatchObject({ result: 'pass' });
  });

  it('is an error where DNS does not answer', async () => {
    expect(await gathered(fcrdns, { dns: { [ptr]: 'SERVFAIL' } })).toEqual({
      status: 'error',
      message: 'SERVFAIL',
    });
    const half = {
      [ptr]: ['a.example', 'b.example'],
      'A a.example': 'timeout',
      'A b.example': ['198.51.100.1'],
    };
    expect(await gathered(fcrdns, { dns: half })).toEqual({ status: 'error', message: 'timeout' });
  });

  it('is no error where one name confirms and another cannot be asked', async () => {
    const dns = {
      [ptr]: ['a.example', 'b.example'],
      'A a.example': 'timeout',
      'A b.example': ['192.0.2.10'],
    };
    expect(await concluded(fcrdns, { dns })).toMatchObject({ result: 'pass' });
  });

  it.each(['127.0.0.1', '10.1.2.3', '192.168.0.5', '::1', 'fd00::1'])(
    'leaves the private client %s alone',
    async (ip) => {
      expect(await gathered(fcrdns, { envelope: { ip } })).toEqual({
        status: 'skipped',
        why: 'private-client',
      });
    },
  );
});
