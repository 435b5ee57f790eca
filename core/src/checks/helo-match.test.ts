/** Whether the name in HELO leads to the client. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { heloMatch } from './helo-match.ts';

const strict = { strictness: 'matches' };
const judgeHelo = (helo: string, dns: Record<string, string[]> = {}, settings: object = {}) =>
  concluded(heloMatch, { envelope: { helo }, dns, settings });

describe('helo-match', () => {
  it('passes a name with the address of the client', async () => {
    const dns = { 'A mx.sender.example': ['192.0.2.9', '192.0.2.10'] };
    expect(await judgeHelo('mx.sender.example', dns, strict)).toEqual({
      result: 'pass',
      sentence: 'HELO “mx.sender.example” has the address of the client, 192.0.2.10.',
    });
  });

  it('fails a name that is not there', async () => {
    expect(await judgeHelo('mx.sender.example')).toEqual({
      result: 'fail',
      reason: 'helo-mismatch',
      sentence: 'HELO “mx.sender.example” has no address in DNS.',
    });
  });

  it('is content with a name that exists, unless it has to match', async () => {
    const dns = { 'AAAA mx.sender.example': ['2001:db8::7'] };
    expect(await judgeHelo('mx.sender.example', dns)).toMatchObject({ result: 'pass' });
    expect(await judgeHelo('mx.sender.example', dns, strict)).toEqual({
      result: 'fail',
      reason: 'helo-mismatch',
      sentence: 'HELO “mx.sender.example” leads to 2001:db8::7, not to the client, 192.0.2.10.',
    });
  });

  it.each(['[192.0.2.10]', '192.0.2.10', '[IPv6:::ffff:192.0.2.10]'])(
    'passes %s, the address itself',
    async (helo) => {
      expect(await judgeHelo(helo)).toMatchObject({ result: 'pass' });
    },
  );

  it('fails the address of another', async () => {
    expect(await judgeHelo('[192.0.2.11]')).toMatchObject({
      result: 'fail',
      sentence: 'HELO “[192.0.2.11]” is not the address of the client, 192.0.2.10.',
    });
  });

  it('is an error where DNS does not answer', async () => {
    const dns = { 'A mx.sender.example': 'SERVFAIL', 'AAAA mx.sender.example': ['2001:db8::7'] };
    expect(await gathered(heloMatch, { dns })).toEqual({ status: 'error', message: 'SERVFAIL' });
  });

  it('never refuses mail by itself', () => {
    expect(heloMatch.modes).not.toContain('reject');
  });

  it('has a conclusion for whatever is said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (helo) => {
        expect(['pass', 'fail']).toContain((await judgeHelo(helo)).result);
      }),
    );
  });
});
