/** The law of every claim about what would have changed a verdict: judged with that change, it does change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyCheck, observed } from '../checks/check.ts';
import { ipList } from '../checks/ip-list.ts';
import { senderList } from '../checks/sender-list.ts';
import type { ListEntry, Policy } from '../policy/policy.ts';
import { withChange } from './change.ts';
import { judge, type MailFacts } from './judge.ts';
import { checkPolicy, echo, failing, listEntry, mailWith, passing } from './judge-specification.ts';
import { alternativesOf, outcomeOf } from './would-change.ts';

const names = ['virus', 'points-a', 'points-b', 'points-c', 'stern', 'rescuer'] as const;
const checks: readonly AnyCheck[] = [
  ipList,
  senderList,
  ...names.map((name) => echo(name, { standing: name === 'virus' ? 'safety' : 'ordinary' })),
];
const recipients = ['bob@here.example', 'Carol@here.example', 'dan@here.example'];

const anyFinding = fc.oneof(
  fc.constant(passing),
  fc.constant({ status: 'error' as const, message: 'DNS did not answer' }),
  fc.record({ score: fc.integer({ min: -4, max: 12 }) }).map(failing),
  fc.constant(failing()),
  fc.subarray([...names]).map((rescues) => observed({ result: 'pass', sentence: 'Sealed.', rescues })),
);

const anyMail: fc.Arbitrary<MailFacts> = fc
  .record({
    facts: fc.dictionary(fc.constantFrom(...names), anyFinding),
    sender: fc.constantFrom('alice@sender.example', 'Eve@other.example', ''),
    to: fc.subarray(recipients, { minLength: 1 }),
    lists: fc.boolean(),
    imported: fc.boolean(),
  })
  .map(({ facts, sender, to, lists, imported }) => {
    const known = { ...facts, 'sender-list': observed({ sender, from: sender }) };
    const mail = mailWith(lists ? known : facts);
    const ran = lists ? [...mail.ran, 'ip-list'] : mail.ran;
    const envelope = { ...mail.envelope, sender, recipients: to };
    return { ...mail, ran, envelope: imported ? { ...envelope, imported: true as const } : envelope };
  });

const anyEntry: fc.Arbitrary<ListEntry> = fc
  .record({
    action: fc.constantFrom('allow' as const, 'block' as const),
    pattern: fc.constantFrom('sender.example', '*@other.example', '192.0.2.0/24', 'alice@sender.example'),
    mailbox: fc.option(fc.constantFrom('bob@here.example', 'carol@here.example'), { nil: undefined }),
    authenticated: fc.boolean(),
  })
  .map(({ action, pattern, mailbox, authenticated }) =>
    listEntry(action, pattern, { authenticated, ...(mailbox === undefined ? {} : { mailbox }) }),
  );

const anyThresholds = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 5 }), fc.nat({ max: 5 }))
  .map(([tag, more, most]) => ({ tag, hold: tag + more, reject: tag + more + most }));

const anyPolicy: fc.Arbitrary<Policy> = fc.record(
  {
    revision: fc.constant(1),
    checks: fc.record(
      Object.fromEntries(
        [...names, 'ip-list', 'sender-list'].map((name) => [
          name,
          fc
            .record({
              mode: fc.constantFrom(
                'observe' as const,
                'score' as const,
                'reject' as const,
                'defer' as const,
              ),
              weight: fc.integer({ min: 0, max: 6 }),
              onError: fc.constantFrom('ignore' as const, 'defer' as const),
            })
            .map(checkPolicy),
        ]),
      ),
    ),
    thresholds: anyThresholds,
    mailboxThresholds: fc.dictionary(
      fc.constantFrom('bob@here.example', 'carol@here.example'),
      anyThresholds,
    ),
    lists: fc.array(anyEntry, { maxLength: 4 }),
    serviceLists: fc.array(anyEntry, { maxLength: 1 }),
  },
  { requiredKeys: ['revision', 'checks', 'thresholds', 'lists', 'serviceLists'] },
);

describe('what would have changed a verdict', () => {
  it('does change it, to what is said', () => {
    let claims = 0;
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        const before = judge(mail, policy, checks);
        const alternatives = alternativesOf(mail, policy, checks);
        expect(alternatives).toHaveLength(mail.envelope.recipients.length);
        for (const [place, all] of alternatives.entries()) {
          for (const { change, verdict, sentence } of all) {
            claims += 1;
            const changed = withChange(mail, policy, change);
            const after = outcomeOf(judge(changed.mail, changed.policy, checks).recipients[place]!);
            expect(after).toBe(verdict);
            expect(after).not.toBe(outcomeOf(before.recipients[place]!));
            expect(sentence).toMatch(/^\S.*\.$/s);
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(claims).toBeGreaterThan(500);
  });

  it('says the arithmetic of a sum as it is', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        for (const [place, all] of alternativesOf(mail, policy, checks).entries()) {
          for (const { change, sentence } of all) {
            const said = /the sum would be (-?[\d.]+), (below|at or above) ([\d.]+) from/.exec(sentence);
            if (said === null) continue;
            const changed = withChange(mail, policy, change);
            const after = judge(changed.mail, changed.policy, checks).recipients[place]!;
            expect(Number(said[1])).toBe(after.score);
            expect(after.score < Number(said[3])).toBe(said[2] === 'below');
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
