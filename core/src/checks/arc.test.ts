/** Whose seal saves a forwarded mail, and from what. */
import { describe, expect, it } from 'vitest';
import { judge, type MailFacts } from '../judge/judge.ts';
import type { CheckPolicy, Policy } from '../policy/policy.ts';
import type { ArcObservation, ArcSet } from '../ports/mail-authenticator.ts';
import { arc } from './arc.ts';
import { concluded, envelopeOf, gathered } from './check-specification.ts';

const set = (some: Partial<ArcSet> = {}): ArcSet => ({
  instance: 1,
  sealer: 'list.example',
  spf: undefined,
  dkim: [],
  dmarc: false,
  ...some,
});
const chain = (...sets: readonly ArcSet[]): ArcObservation => ({ result: 'pass', sets });
const settings = { trusted: ['list.example', 'forwarder.example'] };
const raw = 'ARC-Seal: i=1\r\n\r\n';
const judgeArc = (observation: ArcObservation, some: object = settings) =>
  concluded(arc, { arc: observation, raw, settings: some });

describe('arc', () => {
  it('asks nothing of a mail without a seal', async () => {
    expect(await gathered(arc, { raw: 'From: a@b.example\r\n\r\n' })).toEqual({ status: 'nothing' });
  });

  it('is an error where a key cannot be asked for', async () => {
    const unknown: ArcObservation = { result: 'temperror', sets: [] };
    expect(await gathered(arc, { raw, arc: unknown })).toMatchObject({ status: 'error' });
  });

  it.each([set({ dmarc: true }), set({ dkim: ['mail.sender.example'] }), set({ spf: 'sender.example' })])(
    'rescues what a trusted sealer saw proven ($spf, $dkim, $dmarc)',
    async (seen) => {
      expect(await judgeArc(chain(seen))).toEqual({
        result: 'pass',
        sentence: 'list.example, which is trusted, saw sender.example proven before it passed the mail on.',
        rescues: ['spf', 'dmarc', 'self-spoof'],
      });
    },
  );

  it('rescues SPF alone where the sealer saw another domain proven', async () => {
    expect(await judgeArc(chain(set({ spf: 'stranger.example' })))).toMatchObject({ rescues: ['spf'] });
  });

  it('rescues nothing that the sealer did not see', async () => {
    expect((await judgeArc(chain(set({ dkim: ['stranger.example'] })))).rescues).toBeUndefined();
  });

  it('does not believe strangers, nor what a stranger passed on', async () => {
    const seen = set({ dmarc: true });
    const stranger = set({ instance: 2, sealer: 'stranger.example', dmarc: true });
    expect((await judgeArc(chain(stranger))).rescues).toBeUndefined();
    expect((await judgeArc(chain(seen, stranger))).rescues).toBeUndefined();
    expect((await judgeArc(chain(stranger, seen))).rescues).toHaveLength(3);
    expect((await judgeArc(chain(seen), {})).rescues).toBeUndefined();
  });

  it('does not believe a broken chain', async () => {
    const broken: ArcObservation = { result: 'fail', sets: [set({ dmarc: true })], comment: 'i=1 cv=fail' };
    expect(await judgeArc(broken)).toEqual({
      result: 'none',
      sentence: 'The chain of seals is not valid (i=1 cv=fail).',
    });
  });
});

describe('a trusted seal', () => {
  const facts: MailFacts = {
    envelope: envelopeOf(),
    receivedAt: '2026-11-22T12:00:00.000Z',
    ran: ['spf', 'dmarc', 'arc'],
    facts: {
      spf: { status: 'observed', fact: { result: 'fail', domain: 'sender.example' } },
      dmarc: {
        status: 'observed',
        fact: {
          record: {
            fromDomain: 'sender.example',
            recordDomain: 'sender.example',
            organizationalDomain: 'sender.example',
            policy: 'reject',
            dkimAlignment: 'relaxed',
            spfAlignment: 'relaxed',
            status: 'found',
          },
          proofs: [],
        },
      },
      arc: { status: 'observed', fact: { ...chain(set({ dmarc: true })), author: 'sender.example' } },
    },
  };
  const check = (mode: CheckPolicy['mode'], some = {}): CheckPolicy => ({
    mode,
    weight: 4,
    onError: 'ignore',
    exempt: [],
    settings: some,
  });
  const policy = (mode: CheckPolicy['mode']): Policy => ({
    revision: 1,
    checks: { spf: check('score'), dmarc: check('reject'), arc: check(mode, settings) },
    thresholds: { tag: 3, hold: 6, reject: 9 },
    lists: [],
    serviceLists: [],
  });

  it('turns failures of SPF and DMARC into passes, and their findings say so', () => {
    const { verdict, score, recipients } = judge(facts, policy('score'));
    expect([verdict, score]).toEqual(['accept', 0]);
    expect(recipients[0]?.findings.map(({ result }) => result)).toEqual(['pass', 'pass', 'pass']);
    expect(recipients[0]?.findings[1]?.sentence).toContain('Not held against the mail: list.example');
  });

  it('changes nothing while it is only observed', () => {
    expect(judge(facts, policy('observe'))).toMatchObject({ verdict: 'reject', reason: 'dmarc-fail' });
  });
});
