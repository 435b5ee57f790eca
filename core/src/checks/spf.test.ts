/** What follows from an SPF result. */
import { describe, expect, it } from 'vitest';
import type { SpfObservation, SpfResult } from '../ports/mail-authenticator.ts';
import { concluded, gathered } from './check-specification.ts';
import { spf } from './spf.ts';

const observation = (result: SpfResult, comment?: string): SpfObservation => ({
  result,
  domain: 'sender.example',
  ...(comment === undefined ? {} : { comment }),
});
const judgeSpf = (result: SpfResult, settings: object = {}) =>
  concluded(spf, { spf: observation(result), settings });

describe('spf', () => {
  it('records the observation as it is, for list entries that demand a proven sender', async () => {
    const pass = { ...observation('pass'), record: 'v=spf1 ip4:192.0.2.10 -all' };
    expect(await gathered(spf, { spf: pass })).toEqual({ status: 'observed', fact: pass });
  });

  it('passes a permitted client', async () => {
    expect(await judgeSpf('pass')).toEqual({
      result: 'pass',
      sentence: 'sender.example permits 192.0.2.10 to send for it.',
    });
  });

  it.each([
    ['none', 'sender.example publishes no SPF record.'],
    ['neutral', 'sender.example says nothing of 192.0.2.10 in its SPF record.'],
  ] as const)('has nothing to say on %s', async (result, sentence) => {
    expect(await judgeSpf(result, { actOn: ['fail', 'softfail', 'permerror'] })).toEqual({
      result: 'none',
      sentence,
    });
  });

  it.each([
    ['fail', 'spf-fail', 'sender.example does not permit 192.0.2.10 to send for it.'],
    ['softfail', 'spf-fail', 'sender.example probably does not permit 192.0.2.10 to send for it.'],
    ['permerror', 'spf-broken', 'The SPF record of sender.example cannot be understood.'],
  ] as const)(
    'fails on %s where the settings say so, and not otherwise',
    async (result, reason, sentence) => {
      expect(await judgeSpf(result, { actOn: [result] })).toEqual({
        result: 'fail',
        reason,
        sentence,
        sources: [result],
      });
      expect(await judgeSpf(result, { actOn: [] })).toEqual({
        result: 'none',
        sentence: `${sentence} The result ${result} does not count here.`,
      });
    },
  );

  it('counts fail alone where nothing is set', async () => {
    expect(await judgeSpf('fail')).toMatchObject({ result: 'fail' });
    expect(await judgeSpf('softfail')).toMatchObject({ result: 'none' });
    expect(await judgeSpf('permerror')).toMatchObject({ result: 'none' });
  });

  it('does not hold SPF against a trusted forwarder', async () => {
    expect(await judgeSpf('fail', { trustedForwarders: ['192.0.2.0/28'] })).toEqual({
      result: 'none',
      sentence:
        'sender.example does not permit 192.0.2.10 to send for it. It came through the trusted forwarder 192.0.2.0/28.',
    });
    expect(await judgeSpf('fail', { trustedForwarders: ['198.51.100.0/24'] })).toMatchObject({
      result: 'fail',
    });
  });

  it('says why a record cannot be understood', async () => {
    const broken = observation('permerror', 'Too many DNS requests');
    expect(await concluded(spf, { spf: broken, settings: { actOn: ['permerror'] } })).toMatchObject({
      sentence: 'The SPF record of sender.example cannot be understood (Too many DNS requests).',
    });
  });

  it('names the record that decided, and keeps no more of it than a decision may hold', async () => {
    const fact = { ...observation('fail'), record: 'v=spf1 mx -all' };
    expect(await concluded(spf, { spf: fact })).toMatchObject({
      sentence: 'sender.example does not permit 192.0.2.10 to send for it: v=spf1 mx -all.',
    });
    const long = await gathered(spf, {
      spf: { ...fact, record: `v=spf1 ${'ip4:192.0.2.1 '.repeat(100)}-all` },
    });
    expect(JSON.stringify(long).length).toBeLessThan(450);
  });

  it('is an error where DNS does not answer', async () => {
    expect(await gathered(spf, { spf: observation('temperror', 'DNS timeout') })).toEqual({
      status: 'error',
      message: 'DNS did not answer for the SPF record of sender.example (DNS timeout)',
    });
  });

  it('asks nothing about a private client', async () => {
    expect(await gathered(spf, { envelope: { ip: '127.0.0.1' } })).toEqual({
      status: 'skipped',
      why: 'private-client',
    });
  });

  it('takes only addresses and networks as forwarders', () => {
    expect(spf.settings.safeParse({ trustedForwarders: ['forwarder.example'] }).success).toBe(false);
  });
});
