/** What holds for the judge whatever the facts and the policy: it is total, pure, and monotone where it must be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allChecks } from '../checks/registry.ts';
import type { Gathered } from '../checks/check.ts';
import { modes, type ListEntry, type Policy } from '../policy/policy.ts';
import { presetNames, presetPolicy } from '../policy/presets.ts';
import { judge, type MailFacts } from './judge.ts';
import { checkPolicy, echo, failing, listing, mailWith, policyOf } from './judge-specification.ts';
import type { Verdict } from './verdict.ts';

const names = allChecks.map(({ name }) => name);
const verdicts: readonly Verdict[] = ['accept', 'tag', 'hold', 'reject', 'defer'];

const anyFact: fc.Arbitrary<Gathered<unknown>> = fc.oneof(
  fc.constant({ status: 'nothing' as const }),
  fc.constant({ status: 'not-configured' as const }),
  fc.constantFrom({ status: 'skipped' as const, why: 'private-client' as const }),
  fc.string().map((message) => ({ status: 'error' as const, message })),
  fc.jsonValue().map((fact) => ({ status: 'observed' as const, fact: fact as unknown })),
);

const anyMail: fc.Arbitrary<MailFacts> = fc.record({
  envelope: fc.record({
    ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
    helo: fc.string(),
    sender: fc.oneof(fc.emailAddress(), fc.string()),
    recipients: fc.array(fc.oneof(fc.emailAddress(), fc.string()), { maxLength: 3 }),
  }),
  receivedAt: fc.constantFrom('2026-11-22T12:00:00.000Z', '1970-01-01T00:00:00.000Z'),
  ran: fc.subarray(names),
  facts: fc.dictionary(fc.constantFrom(...names), anyFact),
});

const anyEntry: fc.Arbitrary<ListEntry> = fc.record(
  {
    action: fc.constantFrom('allow' as const, 'block' as const),
    pattern: fc.oneof(fc.constantFrom('*', '0.0.0.0/0', 'sender.example', '*@*.example'), fc.string()),
    authenticated: fc.boolean(),
    mailbox: fc.constantFrom('bob@here.example', 'carol@here.example'),
  },
  { requiredKeys: ['action', 'pattern', 'authenticated'] },
);

const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  revision: fc.nat(),
  checks: fc.dictionary(
    fc.constantFrom(...names),
    fc.record({
      mode: fc.constantFrom(...modes),
      weight: fc.double({ min: -100, max: 100, noNaN: true }),
      onError: fc.constantFrom('ignore' as const, 'defer' as const),
      exempt: fc.array(fc.string(), { maxLength: 2 }),
      settings: fc.dictionary(fc.string(), fc.jsonValue(), {
        maxKeys: 2,
      }) as fc.Arbitrary<object> as fc.Arbitrary<Record<string, never>>,
    }),
  ),
  thresholds: fc.constantFrom({ tag: 4, hold: 7, reject: 10 }, { tag: 0, hold: 0, reject: 0 }),
  lists: fc.array(anyEntry, { maxLength: 4 }),
  serviceLists: fc.array(anyEntry, { maxLength: 2 }),
});

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object') for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}

describe('the judge, whatever it is given', () => {
  it('gives one verdict for the mail and one for each recipient, and never throws', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        const judged = judge(mail, policy);
        expect(verdicts).toContain(judged.verdict);
        expect(judged.recipients.map(({ recipient }) => recipient)).toEqual(mail.envelope.recipients);
        for (const { verdict, reason, score } of judged.recipients) {
          expect(verdicts).toContain(verdict);
          expect(reason).not.toBe('');
          expect(Number.isFinite(score)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is the same for the same, and changes nothing that it is given', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        const first = judge(freeze(structuredClone(mail)), freeze(structuredClone(policy)));
        expect(judge(mail, policy)).toEqual(first);
        expect(judge(JSON.parse(JSON.stringify(mail)) as MailFacts, policy)).toEqual(first);
      }),
    );
  });

  it('never lets an imported mail go on', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        const imported = { ...mail, envelope: { ...mail.envelope, imported: true as const } };
        const judged = judge(imported, policy);
        for (const { verdict } of [judged, ...judged.recipients])
          expect(['hold', 'reject']).toContain(verdict);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses an imported mail exactly where it would have refused any other', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, (mail, policy) => {
        const plain = judge(mail, policy);
        const imported = judge({ ...mail, envelope: { ...mail.envelope, imported: true } }, policy);
        expect(imported.score).toBe(plain.score);
        expect(imported.verdict === 'reject').toBe(plain.verdict === 'reject');
      }),
      { numRuns: 500 },
    );
  });

  it('judges any facts under every preset', () => {
    fc.assert(
      fc.property(anyMail, fc.constantFrom(...presetNames), (mail, name) => {
        const policy = { revision: 0, ...presetPolicy(name, 1), lists: [], serviceLists: [] };
        expect(verdicts).toContain(judge(mail, policy).verdict);
      }),
    );
  });

  it('is not moved by a check that observes', () => {
    fc.assert(
      fc.property(anyMail, anyPolicy, fc.constantFrom(...names), (mail, policy, name) => {
        const without = { ...mail, ran: mail.ran.filter((one) => one !== name) };
        const observing = { ...policy.checks[name], ...checkPolicy({ mode: 'observe' }) };
        const watched = { ...policy, checks: { ...policy.checks, [name]: observing } };
        const { verdict, reason, score } = judge({ ...mail, ran: [...without.ran, name] }, watched);
        expect({ verdict, reason, score }).toEqual(pick(judge(without, policy)));
      }),
    );
  });
});

const pick = ({ verdict, reason, score }: { verdict: Verdict; reason: string; score: number }) => ({
  verdict,
  reason,
  score,
});

/** Checks with any findings, of every standing. */
const checks = [
  echo('virus', { standing: 'safety' }),
  echo('list-a', { standing: 'list' }),
  echo('list-b', { standing: 'list' }),
  echo('score-a'),
  echo('score-b'),
  echo('stern'),
];
const severity: Readonly<Record<Verdict, number>> = { accept: 0, tag: 1, hold: 2, defer: 3, reject: 4 };
const scopes = ['mailbox', 'domain', 'service'] as const;

const scorePolicy = policyOf({
  virus: { mode: 'reject' },
  'list-a': {},
  'list-b': {},
  'score-a': { mode: 'score' },
  'score-b': { mode: 'score' },
  stern: { mode: 'reject' },
});

const anyFindings = fc.record(
  {
    'score-a': fc.double({ min: 0, max: 20, noNaN: true }).map((score) => failing({ score })),
    'score-b': fc.double({ min: 0, max: 20, noNaN: true }).map((score) => failing({ score })),
    stern: fc.constant(failing()),
    'list-b': fc
      .tuple(fc.constantFrom(...scopes), fc.constantFrom('allow' as const, 'block' as const))
      .map(([scope, action]) => listing(scope, action)),
  },
  { requiredKeys: [] },
);

describe('the judge, by its table', () => {
  it('lets an allow entry of a higher scope beat a block of a lower one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.boolean(), (a, b, swapped) => {
        fc.pre(a < b);
        const found = [listing(scopes[a]!, 'allow'), listing(scopes[b]!, 'block')];
        const [first, second] = swapped ? found.toReversed() : found;
        const mail = mailWith({ 'list-a': first!, 'list-b': second!, stern: failing() });
        expect(judge(mail, scorePolicy, checks)).toMatchObject({ verdict: 'accept', reason: 'allowed' });
      }),
    );
  });

  it('lets no list let a virus through', () => {
    fc.assert(
      fc.property(anyFindings, fc.constantFrom(...scopes), (findings, scope) => {
        const virus = failing({ reason: 'virus-found' });
        const mail = mailWith({ ...findings, 'list-a': listing(scope, 'allow'), virus });
        expect(judge(mail, scorePolicy, checks)).toMatchObject({ verdict: 'reject', reason: 'virus-found' });
      }),
    );
  });

  it('is never milder for one more failed score check', () => {
    fc.assert(
      fc.property(anyFindings, fc.double({ min: 0, max: 20, noNaN: true }), (findings, score) => {
        const more = echo('one-more');
        const policy = {
          ...scorePolicy,
          checks: { ...scorePolicy.checks, 'one-more': checkPolicy({ mode: 'score' }) },
        };
        const before = judge(mailWith(findings), policy, [...checks, more]);
        const after = judge(mailWith({ ...findings, 'one-more': failing({ score }) }), policy, [
          ...checks,
          more,
        ]);
        expect(severity[after.verdict]).toBeGreaterThanOrEqual(severity[before.verdict]);
        expect(after.score).toBeGreaterThanOrEqual(before.score);
      }),
    );
  });

  it('marks at most one finding of a recipient as the one that decided', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const [recipient] = judge(mailWith(findings), scorePolicy, checks).recipients;
        const decisive = recipient!.findings.filter((finding) => finding.decisive === true);
        expect(decisive.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
