/** What an incident did: mail refused because of it alone, for whom, and what of it is gone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainDetails } from '../domain/domain.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { Incident } from './incident.ts';
import {
  decisionUnder,
  dnsblFact,
  domainDetails,
  spfFail,
  type TestDecision,
} from './replay-specification.ts';
import { createUndo } from './undo.ts';

const zones = ['bad.example', 'good.example'].map((zone) => ({ zone, points: 4, codes: [] }));
const details = domainDetails({
  overrides: { dnsbl: { mode: 'reject', settings: { zones, allowZones: [], threshold: 4 } } },
});

function run(incident: Incident, mails: readonly TestDecision[], some: Partial<DomainDetails> = {}) {
  const policy = effectivePolicy({ ...details, ...some }, 3);
  const fold = createUndo({
    incident,
    since: '2026-11-22T00:00:00Z',
    until: '2026-11-23T00:00:00Z',
    policyAt: (revision) => (revision === 3 ? policy : undefined),
    samples: 10,
  });
  const decisions = mails.map((mail) => decisionUnder(policy, mail));
  const undone = decisions.flatMap((one) => fold.take(one) ?? []);
  return { ...fold.report(), undone, ids: decisions.map(({ mailId }) => mailId) };
}

const byBad: TestDecision = { facts: { dnsbl: dnsblFact(['bad.example'], ['good.example']) } };
const byBoth: TestDecision = { facts: { dnsbl: dnsblFact(['bad.example', 'good.example']) } };
const wrong: Incident = { kind: 'check', check: 'dnsbl' };

describe('an incident', () => {
  it('of a check is undone for what it alone refused', () => {
    const { undone, ids, toAccepted } = run(wrong, [byBad, { facts: { spf: spfFail } }]);
    expect(undone).toEqual([{ mailId: ids[0] }]);
    expect(toAccepted).toMatchObject({ mails: 1, checks: [{ name: 'dnsbl', count: 1 }] });
  });

  it('of one zone leaves alone what another zone lists too', () => {
    const { undone, ids } = run({ ...wrong, zone: 'BAD.example' }, [byBad, byBoth]);
    expect(undone).toEqual([{ mailId: ids[0] }]);
  });

  it('of a list entry is undone for those whom it kept from their mail', () => {
    const entry = { action: 'block', pattern: '*.example' } as const;
    const lists = [{ ...entry, authenticated: false }];
    const facts = {
      'sender-list': { status: 'observed', fact: { sender: 'alice@sender.example' } },
    } as const;
    const { undone } = run({ kind: 'entry', entry }, [{ facts }], { lists });
    expect(undone).toHaveLength(1);
    expect(
      run({ kind: 'entry', entry: { ...entry, pattern: 'other.example' } }, [{ facts }], { lists }).undone,
    ).toEqual([]);
  });

  it('of an allow entry tells what it let through, and releases nothing', () => {
    const entry = { action: 'allow', pattern: 'sender.example' } as const;
    const facts = {
      ...byBad.facts,
      'sender-list': { status: 'observed', fact: { sender: 'alice@sender.example' } },
    } as const;
    const report = run({ kind: 'entry', entry }, [{ facts }], {
      lists: [{ ...entry, authenticated: false }],
    });
    expect(report.undone).toEqual([]);
    expect(report.toRefused.mails).toBe(1);
  });

  it('of a model is undone where that version had judged', () => {
    const facts = {
      dnsbl: { status: 'observed', fact: { model: '7', ip: '192.0.2.10', zones: listedZones } },
    } as const;
    expect(run({ kind: 'model', check: 'dnsbl', version: '7' }, [{ facts }]).undone).toHaveLength(1);
    expect(run({ kind: 'model', check: 'dnsbl', version: '8' }, [{ facts }]).undone).toEqual([]);
  });

  it('names the recipients where others have their own reasons to refuse', () => {
    const lists = [
      {
        action: 'block',
        pattern: 'sender.example',
        mailbox: 'carol@here.example',
        authenticated: false,
      } as const,
    ];
    const facts = {
      ...byBad.facts,
      'sender-list': { status: 'observed', fact: { sender: 'alice@sender.example' } },
    } as const;
    const envelope = { recipients: ['carol@here.example', 'bob@here.example'] };
    expect(run(wrong, [{ facts, envelope }], { lists }).undone).toMatchObject([{ recipients: [1] }]);
  });

  it('says which checks nobody had made', () => {
    const { missing } = run(wrong, [{ ...byBad, ran: ['dnsbl'] }]);
    expect(missing.map(({ check }) => check)).toContain('virus');
    expect(missing.map(({ check }) => check)).not.toContain('dnsbl');
  });

  it('leaves out other times, erased mails, imported ones, and what is judged differently today', () => {
    const policy = effectivePolicy(details, 3);
    const decision = decisionUnder(policy, byBad);
    const setting = {
      incident: wrong,
      since: '2026-11-22T00:00:00Z',
      until: '2026-11-23T00:00:00Z',
      samples: 1,
    };
    const fold = createUndo({ ...setting, policyAt: () => policy });
    expect(fold.take({ ...decision, at: '2026-11-23T00:00:00.000Z' })).toBeUndefined();
    expect(fold.take({ ...decision, data: undefined, erased: true })).toBeUndefined();
    expect(fold.take({ ...decision, data: { ...decision.data!, verdict: 'hold' } })).toBeUndefined();
    expect(fold.take(decisionUnder(policy, { ...byBad, envelope: { imported: true } }))).toBeUndefined();
    expect(fold.report()).toMatchObject({
      decisions: 3,
      erased: 1,
      disagreeing: 1,
      toAccepted: { mails: 0 },
    });
  });

  it('that had no part in anything undoes nothing, whatever the mails', () => {
    const anyMail = fc.record({ bad: fc.boolean(), good: fc.boolean(), spf: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyMail, { maxLength: 20 }), (mails) => {
        const made = mails.map(({ bad, good, spf }): TestDecision => {
          const listed = [...(bad ? ['bad.example'] : []), ...(good ? ['good.example'] : [])];
          return { facts: { dnsbl: dnsblFact(listed), ...(spf ? { spf: spfFail } : {}) } };
        });
        expect(run({ kind: 'check', check: 'virus' }, made).undone).toEqual([]);
        // And what is undone is what was refused and had this check against it.
        const { undone, ids } = run(wrong, made);
        const expected = ids.filter((_, index) => mails[index]!.bad || mails[index]!.good);
        expect(undone.map(({ mailId }) => mailId)).toEqual(expected);
      }),
    );
  });
});

const listedZones = [
  { zone: 'bad.example', question: 'q', answer: { status: 'found', records: ['127.0.0.2'], ttl: 1 } },
];
