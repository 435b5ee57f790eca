/** Whether the author domain is proven, and what follows if not. */
import { describe, expect, it } from 'vitest';
import type { DkimSignature, DmarcRecord, SpfObservation } from '../ports/mail-authenticator.ts';
import { concluded, gathered, type Circumstances } from './check-specification.ts';
import { dmarc } from './dmarc.ts';

const record = (some: Partial<DmarcRecord> = {}): DmarcRecord => ({
  fromDomain: 'sender.example',
  recordDomain: 'sender.example',
  policy: 'reject',
  organizationalDomain: 'sender.example',
  dkimAlignment: 'relaxed',
  spfAlignment: 'relaxed',
  status: 'found',
  ...some,
});
const noRecord = record({ status: 'none', policy: undefined, recordDomain: '' });

const spf = (domain: string, result: SpfObservation['result'] = 'pass'): SpfObservation => ({
  domain,
  result,
});
const signed = (domain: string, result: DkimSignature['result'] = 'pass'): DkimSignature[] => [
  { domain, result, selector: 's1', algorithm: 'rsa-sha256', keyBits: 2048 },
];
const unproven = { spf: spf('sender.example', 'none'), dkim: [] };
const judgeDmarc = (some: Circumstances) => concluded(dmarc, { dmarc: record(), ...unproven, ...some });

describe('dmarc', () => {
  it.each([
    ['SPF (sender.example)', { spf: spf('sender.example') }],
    ['SPF (bounce.sender.example)', { spf: spf('bounce.sender.example') }],
    ['DKIM (sender.example)', { dkim: signed('sender.example') }],
    ['DKIM (mail.sender.example)', { dkim: signed('mail.sender.example') }],
  ])('is proven by %s', async (words, proof) => {
    expect(await judgeDmarc(proof)).toEqual({
      result: 'pass',
      sentence: `sender.example is proven by ${words}.`,
    });
  });

  it('fails where neither SPF nor DKIM passes and the domain asks for reject', async () => {
    expect(await judgeDmarc({})).toEqual({
      result: 'fail',
      reason: 'dmarc-fail',
      sentence:
        'sender.example is not proven: neither SPF nor DKIM passed; sender.example asks for “reject”.',
    });
  });

  it('is not proven by another domain', async () => {
    expect(await judgeDmarc({ spf: spf('bulk.example'), dkim: signed('sender.example.evil.test') })).toEqual({
      result: 'fail',
      reason: 'dmarc-fail',
      sentence:
        'sender.example is not proven: SPF passed for bulk.example, which is not of the same organisation, DKIM passed for sender.example.evil.test, which is not of the same organisation; sender.example asks for “reject”.',
    });
  });

  it('wants the very same domain where the record says strict', async () => {
    const strict = record({ spfAlignment: 'strict', dkimAlignment: 'strict' });
    const proof = { spf: spf('bounce.sender.example'), dkim: signed('mail.sender.example') };
    expect(await judgeDmarc({ dmarc: strict, ...proof })).toMatchObject({
      result: 'fail',
      sentence: expect.stringContaining('which is not the same domain'),
    });
    expect(await judgeDmarc({ dmarc: strict, dkim: signed('sender.example') })).toMatchObject({
      result: 'pass',
    });
  });

  it('is not proven by a signature that did not pass', async () => {
    expect(await judgeDmarc({ dkim: signed('sender.example', 'fail') })).toMatchObject({ result: 'fail' });
  });

  it.each(['none', 'quarantine', 'reject'] as const)(
    'acts on the policy %s only if told to',
    async (policy) => {
      const published = { dmarc: record({ policy }) };
      expect(await judgeDmarc({ ...published, settings: { honour: [policy] } })).toMatchObject({
        result: 'fail',
      });
      expect(await judgeDmarc({ ...published, settings: { honour: [] } })).toEqual({
        result: 'none',
        sentence: `sender.example is not proven: neither SPF nor DKIM passed; sender.example asks for “${policy}”, which is not acted on here.`,
      });
    },
  );

  it('names the parent domain where the record is that of a parent', async () => {
    const inherited = record({ fromDomain: 'news.sender.example' });
    expect(await judgeDmarc({ dmarc: inherited })).toMatchObject({
      sentence: expect.stringContaining('news.sender.example is not proven'),
    });
  });

  it.each([
    ['none', 'sender.example publishes no DMARC record.'],
    ['permerror', 'The DMARC record of sender.example cannot be understood.'],
  ] as const)('has nothing to say where the record is %s', async (status, sentence) => {
    expect(await judgeDmarc({ dmarc: { ...noRecord, status } })).toEqual({ result: 'none', sentence });
  });

  it('has nothing to look at without exactly one author domain', async () => {
    expect(await gathered(dmarc, unproven)).toEqual({ status: 'nothing' });
  });

  describe('overrides', () => {
    const settings = { overrides: [{ domain: 'sender.example', policy: 'none' }] };

    it('forgive a domain that asks for too much', async () => {
      expect(await judgeDmarc({ settings })).toEqual({
        result: 'none',
        sentence:
          "sender.example is not proven: neither SPF nor DKIM passed; this domain's settings ask for “none” (sender.example), which is not acted on here.",
      });
    });

    it('protect a domain that publishes nothing', async () => {
      const strict = { overrides: [{ domain: 'sender.example', policy: 'reject' }] };
      expect(await judgeDmarc({ dmarc: noRecord, settings: strict })).toMatchObject({ result: 'fail' });
      expect(
        await judgeDmarc({ dmarc: noRecord, settings: strict, dkim: signed('sender.example') }),
      ).toMatchObject({ result: 'pass' });
    });
  });

  describe('where DNS does not answer', () => {
    it('is an error if the record could not be asked for', async () => {
      expect(await gathered(dmarc, { dmarc: record({ status: 'temperror' }) })).toEqual({
        status: 'error',
        message: 'DNS did not answer for the DMARC record of sender.example',
      });
    });

    it.each([
      ['SPF', { spf: spf('sender.example', 'temperror'), dkim: [] }],
      ['DKIM', { spf: spf('sender.example', 'none'), dkim: signed('sender.example', 'temperror') }],
    ])('is an error if %s might have been the proof', async (_name, proof) => {
      expect(await gathered(dmarc, { dmarc: record(), ...proof })).toEqual({
        status: 'error',
        message: 'DNS did not answer for SPF or DKIM of sender.example',
      });
    });

    it('is no error if the silent one could not have proven anything', async () => {
      const proof = { spf: spf('other.example', 'temperror'), dkim: signed('other.example', 'temperror') };
      expect(await judgeDmarc(proof)).toMatchObject({ result: 'fail' });
    });

    it('is no error if something else is the proof', async () => {
      const proof = { spf: spf('sender.example', 'temperror'), dkim: signed('sender.example') };
      expect(await judgeDmarc(proof)).toMatchObject({ result: 'pass' });
    });
  });

  it('does not ask SPF of a private client: then only a signature proves', async () => {
    const local = { envelope: { ip: '10.0.0.7' }, dmarc: record() };
    // Without `spf` in these circumstances, asking for it would be an error.
    expect(await concluded(dmarc, { ...local, dkim: [] })).toMatchObject({ result: 'fail' });
    expect(await concluded(dmarc, { ...local, dkim: signed('sender.example') })).toMatchObject({
      result: 'pass',
    });
  });
});
