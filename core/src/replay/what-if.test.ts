/** What proposed settings would have done, both ways, and what cannot be known. */
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/effective.ts';
import { propose, type Proposal } from './proposal.ts';
import {
  decisionUnder,
  dnsblFact,
  domainDetails,
  softfail,
  spfFail,
  type TestDecision,
} from './replay-specification.ts';
import { createWhatIf } from './what-if.ts';

const details = domainDetails({
  overrides: {
    dnsbl: { settings: { zones: [{ zone: 'old.example', points: 3, codes: [] }], allowZones: [] } },
  },
});
const current = effectivePolicy(details, 3);

function run(proposal: Proposal, mails: readonly TestDecision[], samples = 10) {
  const proposed = propose(details, proposal);
  if (!proposed.ok) throw new Error(proposed.error.message);
  const fold = createWhatIf({
    against: () => current,
    proposed: effectivePolicy(proposed.value.details, 4),
    since: '2026-11-01T00:00:00Z',
    samples,
  });
  for (const mail of mails) fold.take(decisionUnder(current, mail));
  return { ...fold.report(), changes: proposed.value.changes };
}

const listed: TestDecision = { facts: { dnsbl: dnsblFact(['old.example']) } };
const clean: TestDecision = { facts: { dnsbl: dnsblFact([], ['old.example']), spf: spfFail } };

describe('a what-if', () => {
  it('finds mail that would be refused, with the reason and the check that refuses it', () => {
    const report = run({ checks: [{ check: 'dnsbl', mode: 'reject' }] }, [listed, clean]);
    expect(report.toRefused).toMatchObject({
      mails: 1,
      reasons: [{ name: 'client-blocklisted', count: 1 }],
      checks: [{ name: 'dnsbl', count: 1 }],
    });
    expect(report.toAccepted.mails).toBe(0);
    expect(report.decisions).toBe(2);
    expect(report.changes).toEqual(['Set check dnsbl to reject']);
    const [sample] = report.toRefused.samples;
    expect(sample).toMatchObject({
      subject: 'Hello',
      recorded: { verdict: 'accept', reason: 'clean' },
      before: { verdict: 'accept' },
      after: { verdict: 'reject', sentence: expect.stringMatching(/^Refused: .*old\.example/) },
    });
  });

  it('finds mail that would be accepted, by the checks whose points it had', () => {
    const both: TestDecision = { facts: { dnsbl: dnsblFact(['old.example']), spf: spfFail } };
    const report = run({ checks: [{ check: 'spf', mode: 'observe' }] }, [both, clean]);
    // 3 + 4 points hold it; 4 alone mark it.
    expect(report.toAccepted).toMatchObject({
      mails: 1,
      reasons: [{ name: 'score-hold', count: 1 }],
      checks: [{ name: 'dnsbl' }, { name: 'spf' }],
    });
    expect(report.otherwise).toBe(1);
  });

  it('says which checks had not run, and which zones were not asked', () => {
    const zones = [
      { zone: 'old.example', points: 3, codes: [] },
      { zone: 'new.example', points: 3, codes: [] },
    ];
    const report = run(
      { preset: 'strict', checks: [{ check: 'dnsbl', settings: { zones, allowZones: [] } }] },
      [{ ...listed, ran: ['dnsbl', 'spf', 'helo-syntax'] }],
    );
    const missing = report.missing.map(({ check, question, mails }) => [check, question, mails]);
    expect(missing).toContainEqual(['dnsbl', 'new.example', 1]);
    expect(missing).toContainEqual(['dmarc', undefined, 1]);
    expect(missing.some(([check]) => check === 'spf')).toBe(false);
  });

  it('misses nothing where the lists decide', () => {
    const report = run({ add: [{ action: 'block', pattern: 'sender.example', authenticated: false }] }, [
      { facts: { 'sender-list': { status: 'observed', fact: { sender: 'alice@sender.example' } } } },
    ]);
    expect(report.toRefused).toMatchObject({ mails: 1, uncertain: 0, checks: [{ name: 'sender-list' }] });
    expect(report.missing).toEqual([]);
  });

  it('keeps the newest samples only, and counts all', () => {
    const mails = Array.from({ length: 50 }, (_, index) => ({
      ...listed,
      at: `2026-11-22T12:00:${String(index).padStart(2, '0')}.000Z`,
    }));
    const { toRefused } = run({ checks: [{ check: 'dnsbl', mode: 'reject' }] }, mails, 3);
    expect(toRefused.mails).toBe(50);
    expect(toRefused.samples.map(({ at }) => at.slice(17, 19))).toEqual(['49', '48', '47']);
  });

  it('leaves out what came before, and counts what is erased or damaged', () => {
    const fold = createWhatIf({
      against: () => current,
      proposed: current,
      since: '2026-11-01T00:00:00Z',
      samples: 1,
    });
    const decision = decisionUnder(current, listed);
    fold.take({ ...decision, at: '2026-10-31T23:59:59.999Z' });
    fold.take({ ...decision, data: undefined, erased: true });
    fold.take({ ...decision, data: undefined });
    expect(fold.report()).toMatchObject({ decisions: 0, erased: 1, damaged: 1 });
  });

  it('gives single mailboxes thresholds of their own, and takes them back', () => {
    const fails: TestDecision = { facts: { spf: spfFail } };
    const mails = [fails, { ...fails, envelope: { recipients: ['carol@here.example'] } }];
    const { toRefused, changes } = run(
      { mailboxThresholds: [{ mailbox: 'Bob@here.example', hold: 4 }] },
      mails,
    );
    expect(changes).toEqual([expect.stringMatching(/^Set the thresholds of bob@here\.example/)]);
    expect(toRefused).toMatchObject({ mails: 1, samples: [{ recipient: 'bob@here.example' }] });
    const strict = { mailbox: 'bob@here.example', tag: 1, hold: 2, reject: 3 };
    const back = { mailboxThresholds: [strict], removeMailboxThresholds: ['bob@here.example'] };
    expect(propose(details, back)).toMatchObject({ error: { code: 'no-thresholds' } });
    const own = propose(details, { mailboxThresholds: [strict] });
    if (!own.ok) throw new Error(own.error.message);
    expect(propose(own.value.details, { removeMailboxThresholds: ['bob@here.example'] })).toMatchObject({
      value: { details: { mailboxThresholds: {} } },
    });
  });

  it('is refused where saving it would be', () => {
    expect(
      propose(details, { mailboxThresholds: [{ mailbox: 'bob@elsewhere.example', hold: 5 }] }),
    ).toMatchObject({ error: { code: 'bad-mailbox' } });
    expect(propose(details, { checks: [{ check: 'nothing' }] })).toMatchObject({
      error: { code: 'unknown-check' },
    });
    expect(propose(details, { thresholds: { reject: 1 } })).toMatchObject({
      error: { code: 'bad-thresholds' },
    });
  });

  it('takes an imported mail for what it would have been', () => {
    const imported = { ...listed, envelope: { imported: true as const } };
    expect(run({ checks: [{ check: 'dnsbl', mode: 'reject' }] }, [imported]).toRefused.mails).toBe(1);
    expect(run({ thresholds: { tag: 50, hold: 60, reject: 70 } }, [imported]).toRefused.mails).toBe(0);
  });

  it('counts softfail once it is acted on', () => {
    const report = run({ checks: [{ check: 'spf', mode: 'reject', settings: { actOn: ['softfail'] } }] }, [
      { facts: { spf: softfail } },
    ]);
    expect(report.toRefused.checks).toMatchObject([{ name: 'spf', count: 1 }]);
  });
});
