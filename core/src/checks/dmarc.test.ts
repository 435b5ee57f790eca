/** Whether the author domain is proven, and what follows if not. */
import { describe, expect, it } from 'vitest';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import { concluded, gathered, type Circumstances } from './check-specification.ts';
import { dmarc } from './dmarc.ts';

/** The zone in which these names have these DMARC records. */
const publishing = (records: Readonly<Record<string, string>>): NonNullable<Circumstances['dns']> =>
  Object.fromEntries(Object.entries(records).map(([name, text]) => [`TXT _dmarc.${name}`, [text]]));
const rejecting = publishing({ 'sender.example': 'v=DMARC1; p=reject' });

const spf = (domain: string, result: SpfObservation['result'] = 'pass'): SpfObservation => ({
  domain,
  result,
});
const signed = (domain: string, result: DkimSignature['result'] = 'pass'): DkimSignature[] => [
  { domain, result, selector: 's1', algorithm: 'rsa-sha256', keyBits: 2048 },
];
const unproven = { spf: spf('sender.example', 'none'), dkim: [] };
const fromDomain = (domain: string): NonNullable<Circumstances['message']> => ({
  from: [{ name: 'Alice', address: `alice@${domain}` }],
});
const judgeDmarc = (some: Circumstances) => concluded(dmarc, { dns: rejecting, ...unproven, ...some });

describe('dmarc', () => {
  it.each([
    ['SPF (sender.example)', { spf: spf('sender.example') }],
    ['SPF (bounce.sender.example; both belong to sender.example)', { spf: spf('bounce.sender.example') }],
    ['DKIM (sender.example)', { dkim: signed('sender.example') }],
    ['DKIM (mail.sender.example; both belong to sender.example)', { dkim: signed('mail.sender.example') }],
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
    const dns = publishing({ 'sender.example': 'v=DMARC1; p=reject; aspf=s; adkim=s' });
    const proof = { spf: spf('bounce.sender.example'), dkim: signed('mail.sender.example') };
    expect(await judgeDmarc({ dns, ...proof })).toMatchObject({
      result: 'fail',
      sentence: expect.stringContaining('which is not the same domain'),
    });
    expect(await judgeDmarc({ dns, dkim: signed('sender.example') })).toMatchObject({
      result: 'pass',
    });
  });

  it('is not proven by a signature that did not pass', async () => {
    expect(await judgeDmarc({ dkim: signed('sender.example', 'fail') })).toMatchObject({ result: 'fail' });
  });

  it.each(['none', 'quarantine', 'reject'] as const)(
    'acts on the policy %s only if told to',
    async (policy) => {
      const published = { dns: publishing({ 'sender.example': `v=DMARC1; p=${policy}` }) };
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
    const message = fromDomain('news.sender.example');
    expect(await judgeDmarc({ message })).toMatchObject({
      sentence:
        'news.sender.example is not proven: neither SPF nor DKIM passed; sender.example asks for “reject”.',
    });
  });

  it.each([
    [{}, 'sender.example publishes no DMARC record.'],
    [
      { 'sender.example': 'v=DMARC1; p=whatever' },
      'The DMARC record of sender.example cannot be understood.',
    ],
  ])('has nothing to say where DNS has %j', async (records, sentence) => {
    expect(await judgeDmarc({ dns: publishing(records) })).toEqual({ result: 'none', sentence });
  });

  it('has nothing to look at without exactly one author domain', async () => {
    expect(await gathered(dmarc, { ...unproven, message: { from: [] } })).toEqual({ status: 'nothing' });
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
      expect(await judgeDmarc({ dns: {}, settings: strict })).toMatchObject({ result: 'fail' });
      expect(await judgeDmarc({ dns: {}, settings: strict, dkim: signed('sender.example') })).toMatchObject({
        result: 'pass',
      });
    });
  });

  describe('organisations', () => {
    const dns = publishing({
      'sender.example': 'v=DMARC1; p=reject',
      'shop.sender.example': 'v=DMARC1; p=reject; psd=n',
    });

    it('are told apart by what they publish, and the sentence says which', async () => {
      expect(await judgeDmarc({ dns, spf: spf('mail.shop.sender.example') })).toMatchObject({
        result: 'fail',
        sentence: expect.stringContaining(
          'SPF passed for mail.shop.sender.example, which belongs to shop.sender.example and not to sender.example',
        ),
      });
    });

    it('are recorded with every question, its answer and how long that holds', async () => {
      const found = await gathered(dmarc, { ...unproven, dns, spf: spf('mail.sender.example') });
      expect(found).toMatchObject({
        status: 'observed',
        fact: {
          record: { organizationalDomain: 'sender.example' },
          proofs: [{ by: 'spf', aligned: true, organization: 'sender.example' }],
          asked: [
            {
              type: 'TXT',
              name: '_dmarc.sender.example',
              answer: { status: 'found', records: ['v=DMARC1; p=reject'] },
            },
            { type: 'TXT', name: '_dmarc.example', answer: { status: 'no-name' } },
            { type: 'TXT', name: '_dmarc.mail.sender.example', answer: { status: 'no-name' } },
          ],
        },
      });
    });

    it('are not looked for once the very domain is proven, and then other proofs are left open', async () => {
      const proof = { spf: spf('bounce.sender.example'), dkim: signed('sender.example') };
      expect(await gathered(dmarc, { dns, ...proof })).toMatchObject({
        fact: {
          proofs: [
            { by: 'spf', domain: 'bounce.sender.example' },
            { by: 'dkim', aligned: true },
          ],
          asked: [{ name: '_dmarc.sender.example' }],
        },
      });
    });

    it('are an error where DNS does not answer for them', async () => {
      const broken = { ...dns, 'TXT _dmarc.mail.sender.example': 'SERVFAIL' };
      expect(await gathered(dmarc, { ...unproven, dns: broken, spf: spf('mail.sender.example') })).toEqual({
        status: 'error',
        message: 'DNS did not answer for SPF, DKIM or the organisation of sender.example',
      });
    });
  });

  describe('where DNS does not answer', () => {
    it('is an error if the record could not be asked for', async () => {
      expect(await gathered(dmarc, { dns: { 'TXT _dmarc.sender.example': 'SERVFAIL' } })).toEqual({
        status: 'error',
        message: 'DNS did not answer for the DMARC record of sender.example',
      });
    });

    it.each([
      ['SPF', { spf: spf('sender.example', 'temperror'), dkim: [] }],
      ['DKIM', { spf: spf('sender.example', 'none'), dkim: signed('sender.example', 'temperror') }],
    ])('is an error if %s might have been the proof', async (_name, proof) => {
      expect(await gathered(dmarc, { dns: rejecting, ...proof })).toEqual({
        status: 'error',
        message: 'DNS did not answer for SPF, DKIM or the organisation of sender.example',
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
    const local = { envelope: { ip: '10.0.0.7' }, dns: rejecting };
    // Without `spf` in these circumstances, asking for it would be an error.
    expect(await concluded(dmarc, { ...local, dkim: [] })).toMatchObject({ result: 'fail' });
    expect(await concluded(dmarc, { ...local, dkim: signed('sender.example') })).toMatchObject({
      result: 'pass',
    });
  });
});
