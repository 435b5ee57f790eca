/** The client on DNS block lists and allow lists. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { dnsbl } from './dnsbl.ts';

const zones = [
  { zone: 'bl.example', points: 4 },
  { zone: 'second.example', points: 2.5, codes: ['127.0.0.2-4'] },
];
const settings = { zones, allowZones: [{ zone: 'good.example', codes: ['127.0.*.1-3'] }] };
const at = (zone: string) => `A 10.2.0.192.${zone}`;

describe('dnsbl', () => {
  it('asks each zone once, and keeps what it answers', async () => {
    const twice = {
      zones: [...zones, { zone: 'BL.example', points: 1, codes: ['127.0.0.9'] }],
      allowZones: [],
    };
    expect(await gathered(dnsbl, { settings: twice, dns: { [at('bl.example')]: ['127.0.0.2'] } })).toEqual({
      status: 'observed',
      fact: {
        zones: [
          { zone: 'bl.example', answer: { status: 'found', records: ['127.0.0.2'] } },
          { zone: 'second.example', answer: { status: 'no-name' } },
        ],
      },
    });
  });

  it('asks for an IPv6 client by its nibbles', async () => {
    const reversed = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2';
    const found = await concluded(dnsbl, {
      envelope: { ip: '2001:db8::1' },
      settings: { zones: [{ zone: 'bl.example' }], allowZones: [] },
      dns: { [`A ${reversed}.bl.example`]: ['127.0.0.2'] },
    });
    expect(found).toMatchObject({
      result: 'fail',
      sentence: '2001:db8::1 is listed by bl.example (127.0.0.2): 3 points.',
    });
  });

  it('passes a client that is on no list', async () => {
    expect(await concluded(dnsbl, { settings })).toEqual({
      result: 'pass',
      sentence: '192.0.2.10 is on no block list.',
    });
  });

  it('adds the points of the lists that know the client', async () => {
    const dns = { [at('bl.example')]: ['127.0.0.2', '127.0.0.9'], [at('second.example')]: ['127.0.0.4'] };
    expect(await concluded(dnsbl, { settings, dns })).toEqual({
      result: 'fail',
      reason: 'client-blocklisted',
      score: 6.5,
      sentence:
        '192.0.2.10 is listed by bl.example (127.0.0.2, 127.0.0.9) and second.example (127.0.0.4): 6.5 points.',
      sources: ['bl.example', 'second.example'],
    });
  });

  it('knows which lists of other settings it has not asked', () => {
    const answer = { status: 'none' } as const;
    const fact = { ip: '192.0.2.10', zones: [{ zone: 'bl.example', question: at('bl.example'), answer }] };
    const wanted = { ...(dnsbl.settings.parse({}) as object), ...settings, allowZones: [] };
    const others = {
      ...wanted,
      zones: [
        { zone: 'BL.example', points: 1, codes: [] },
        { zone: 'new.example', points: 1, codes: [] },
      ],
    };
    expect(dnsbl.unasked?.(fact, others)).toEqual(['new.example']);
  });

  it('counts only the return codes that were chosen', async () => {
    const dns = { [at('second.example')]: ['127.0.0.10'] };
    expect(await concluded(dnsbl, { settings, dns })).toMatchObject({ result: 'pass' });
  });

  it('has not failed below the threshold', async () => {
    const dns = { [at('second.example')]: ['127.0.0.2'] };
    expect(await concluded(dnsbl, { settings: { ...settings, threshold: 4 }, dns })).toEqual({
      result: 'none',
      sentence:
        '192.0.2.10 is listed by second.example (127.0.0.2): 2.5 points, fewer than the 4 that count.',
    });
  });

  it('passes a client on a list of good senders, whatever else is said of it', async () => {
    const dns = { [at('bl.example')]: ['127.0.0.2'], [at('good.example')]: ['127.0.5.3'] };
    expect(await concluded(dnsbl, { settings, dns })).toEqual({
      result: 'pass',
      sentence: '192.0.2.10 is on the list of good senders good.example (127.0.5.3).',
    });
  });

  it('does not count a good sender with no trust (127.0.x.0)', async () => {
    const dns = { [at('bl.example')]: ['127.0.0.2'], [at('good.example')]: ['127.0.5.0'] };
    expect(await concluded(dnsbl, { settings, dns })).toMatchObject({ result: 'fail', score: 4 });
  });

  it('takes a refused question for no listing, and says so', async () => {
    const dns = { [at('bl.example')]: ['127.255.255.254'], [at('second.example')]: ['127.0.0.2'] };
    expect(await concluded(dnsbl, { settings, dns })).toEqual({
      result: 'fail',
      reason: 'client-blocklisted',
      score: 2.5,
      sentence:
        '192.0.2.10 is listed by second.example (127.0.0.2): 2.5 points. No answer from bl.example: the list refuses to answer us (127.255.255.254).',
      sources: ['second.example'],
    });
  });

  it('takes an address outside 127/8 for a list that is no more', async () => {
    const dns = { [at('bl.example')]: ['203.0.113.5'] };
    expect(await concluded(dnsbl, { settings, dns })).toEqual({
      result: 'pass',
      sentence:
        '192.0.2.10 is on no block list. No answer from bl.example: the list gave an address that means nothing (203.0.113.5).',
    });
  });

  it('is an error where no list at all answers', async () => {
    const only = { zones: [{ zone: 'bl.example' }], allowZones: [] };
    expect(await gathered(dnsbl, { settings: only, dns: { [at('bl.example')]: 'timeout' } })).toEqual({
      status: 'error',
      message: 'no list answered (bl.example: timeout)',
    });
  });

  it('leaves private clients alone, and has nothing to do without zones', async () => {
    expect(await gathered(dnsbl, { envelope: { ip: '127.0.0.1' } })).toEqual({
      status: 'skipped',
      why: 'private-client',
    });
    expect(await gathered(dnsbl, { settings: { zones: [], allowZones: [] } })).toEqual({ status: 'nothing' });
  });

  it('takes only names and codes that a DNS list can have', () => {
    const parse = (zone: string, codes: string[]) =>
      dnsbl.settings.safeParse({ zones: [{ zone, codes }] }).success;
    expect(parse('bl.example', ['127.0.0.2', '127.0.0.2-11', '127.0.*.3'])).toBe(true);
    expect(parse('no zone', [])).toBe(false);
    expect(parse('bl.example', ['10.0.0.2'])).toBe(false);
  });
});
