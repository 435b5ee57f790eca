/** The table of verdicts, row by row, and how the verdicts of several recipients come to one reply. */
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import {
  checkPolicy,
  echo,
  failing,
  listing,
  mailWith,
  passing,
  policyOf,
  thresholds,
} from './judge-specification.ts';
import { decideRecipient, keepImported, settle, type Weighed } from './table.ts';
import type { Finding, RecipientJudgement, Verdict } from './verdict.ts';

const weighed = (
  standing: 'safety' | 'list' | 'ordinary',
  finding: Partial<Finding>,
  onError: 'ignore' | 'defer' = 'ignore',
): Weighed => ({
  check: echo(finding.check ?? standing, { standing }),
  policy: checkPolicy({ onError }),
  finding: { check: standing, result: 'fail', mode: 'reject', score: 0, sentence: '', ...finding },
});

const decide = (...all: readonly Weighed[]) => {
  const { verdict, reason, findings } = decideRecipient('bob@here.example', all, thresholds);
  return { verdict, reason, by: findings.find(({ decisive }) => decisive)?.check };
};

const safety = (some: Partial<Finding> = {}) =>
  weighed('safety', { check: 'virus', reason: 'virus-found', ...some });
const list = (
  action: 'allow' | 'block',
  scope: 'mailbox' | 'domain' | 'service',
  some: Partial<Finding> = {},
) =>
  weighed('list', {
    check: `${scope}-${action}`,
    reason: 'sender-listed',
    result: action === 'allow' ? 'pass' : 'fail',
    list: { action, scope, pattern: 'x.example' },
    ...some,
  });
const ordinary = (some: Partial<Finding> = {}, onError: 'ignore' | 'defer' = 'ignore') =>
  weighed('ordinary', { check: 'spf', reason: 'spf-fail', ...some }, onError);
const points = (score: number) => ordinary({ check: `points-${score}`, mode: 'score', score });

/** One line for each step of the table; each verdict must hold against all lines below it. */
const rows: readonly (readonly [name: string, row: Weighed, verdict: Verdict, reason: string])[] = [
  ['a safety check fails', safety(), 'reject', 'virus-found'],
  [
    'a safety check must be made and was not',
    weighed('safety', { check: 'virus', result: 'error' }, 'defer'),
    'defer',
    'check-error',
  ],
  ['mailbox allow', list('allow', 'mailbox'), 'accept', 'allowed'],
  ['mailbox block', list('block', 'mailbox'), 'reject', 'sender-listed'],
  ['domain allow', list('allow', 'domain'), 'accept', 'allowed'],
  ['domain block', list('block', 'domain'), 'reject', 'sender-listed'],
  ['service allow', list('allow', 'service'), 'accept', 'allowed'],
  ['service block', list('block', 'service'), 'reject', 'sender-listed'],
  ['a check fails in mode reject', ordinary(), 'reject', 'spf-fail'],
  [
    'a check fails in mode defer',
    ordinary({ check: 'greylist', mode: 'defer', reason: 'greylisted' }),
    'defer',
    'greylisted',
  ],
  ['the sum reaches reject', points(10), 'reject', 'score-reject'],
  ['the sum reaches hold', points(7), 'hold', 'score-hold'],
  ['the sum reaches tag', points(4), 'tag', 'score-tag'],
];

describe('the table of verdicts', () => {
  it('accepts where nothing is found', () => {
    expect(decide()).toEqual({ verdict: 'accept', reason: 'clean', by: undefined });
    expect(decide(ordinary({ result: 'pass' }), points(3.999))).toMatchObject({
      verdict: 'accept',
      reason: 'clean',
    });
  });

  it.each(rows)('%s', (_name, row, verdict, reason) => {
    expect(decide(row)).toMatchObject({ verdict, reason });
  });

  // The sums stand in one row: they add up instead of hiding each other.
  const ranked = rows.slice(0, 10);
  const pairs = ranked.flatMap((higher, index) =>
    rows.slice(index + 1).map((lower) => ({ name: `${higher[0]} > ${lower[0]}`, higher, lower })),
  );
  it.each(pairs)('$name', ({ higher, lower }) => {
    const [, row, verdict, reason] = higher;
    const expected = { verdict, reason, by: row.finding.check };
    expect(decide(row, lower[1])).toEqual(expected);
    expect(decide(lower[1], row)).toEqual(expected);
  });

  it('never counts what observes, whatever it found', () => {
    const observing = rows.map(([, row]) => ({
      ...row,
      finding: { ...row.finding, mode: 'observe' as const, score: 0 },
    }));
    expect(decide(...observing)).toEqual({ verdict: 'accept', reason: 'clean', by: undefined });
  });

  it.each(['pass', 'none', 'skipped', 'exempt', 'not-configured'] as const)(
    'takes %s for no failure',
    (result) => {
      const both = [safety({ result }), ordinary({ result }, 'defer')];
      expect(decide(...both)).toMatchObject({ verdict: 'accept' });
    },
  );

  it('lets a check that could not be made be ignored or defer, as its policy says', () => {
    expect(decide(ordinary({ result: 'error' }, 'ignore'))).toMatchObject({ verdict: 'accept' });
    expect(decide(ordinary({ result: 'error' }, 'defer'))).toMatchObject({
      verdict: 'defer',
      reason: 'check-error',
    });
  });

  it('adds scores up without the dust of binary fractions', () => {
    const tenths = Array.from({ length: 40 }, () => points(0.1));
    expect(decideRecipient('bob@here.example', tenths, thresholds)).toMatchObject({
      score: 4,
      verdict: 'tag',
    });
  });
});

const recipient = (name: string, verdict: Verdict, score = 0): RecipientJudgement => ({
  recipient: `${name}@here.example`,
  verdict,
  reason: `${verdict}-reason`,
  score,
  findings: [],
});

describe('settling one reply for several recipients', () => {
  const verdicts: readonly Verdict[] = ['accept', 'tag', 'hold', 'reject', 'defer'];

  it.each(verdicts)('keeps %s where all agree', (verdict) => {
    const recipients = [recipient('a', verdict), recipient('b', verdict, 5)];
    expect(settle(recipients)).toEqual({ verdict, reason: `${verdict}-reason`, score: 5, recipients });
  });

  it('accepts no recipients at all', () => {
    expect(settle([])).toMatchObject({ verdict: 'accept', reason: 'clean' });
  });

  it('tags where some are tagged and all are delivered', () => {
    const recipients = [recipient('a', 'accept'), recipient('b', 'tag')];
    expect(settle(recipients)).toMatchObject({ verdict: 'tag', reason: 'tag-reason', recipients });
  });

  const mixed = verdicts.flatMap((a) =>
    verdicts
      .filter((b) => a !== b && !(['accept', 'tag'].includes(a) && ['accept', 'tag'].includes(b)))
      .map((b) => [a, b] as const),
  );
  it.each(mixed)('takes the mail and bounces nothing where one says %s and the other %s', (a, b) => {
    const settled = settle([recipient('a', a), recipient('b', b)]);
    expect(settled).toMatchObject({ verdict: 'hold', reason: 'split-verdict' });
    const keptBack = (verdict: Verdict) =>
      verdict === 'reject' || verdict === 'defer'
        ? { verdict: 'hold', reason: 'split-verdict' }
        : { verdict, reason: `${verdict}-reason` };
    expect(settled.recipients.map(({ verdict, reason }) => ({ verdict, reason }))).toEqual([
      keptBack(a),
      keptBack(b),
    ]);
  });
});

describe('an imported mail', () => {
  it.each(['accept', 'tag', 'defer'] as const)('is held where it would be %s', (verdict) => {
    const judged = { ...recipient('a', verdict, 3), findings: [] };
    expect(keepImported(judged)).toEqual({
      ...judged,
      verdict: 'hold',
      reason: 'imported',
      otherwise: verdict,
    });
  });

  it.each(['hold', 'reject'] as const)('stays what the table says where that is %s', (verdict) => {
    expect(keepImported(recipient('a', verdict))).toEqual(recipient('a', verdict));
  });

  it('is kept as a whole, also where it has several recipients or none', () => {
    const imported = mailWith({}).envelope;
    const mail = (recipients: readonly string[]) =>
      judge(mailWith({}, { envelope: { ...imported, recipients, imported: true } }), policyOf({}));
    expect(mail([])).toMatchObject({ verdict: 'hold', reason: 'imported' });
    expect(mail(['a@here.example', 'b@here.example'])).toMatchObject({ verdict: 'hold', reason: 'imported' });
  });
});

describe('the judge', () => {
  it('judges each recipient by the lists of that mailbox', () => {
    const policy = policyOf(
      { 'ip-list': {} },
      {
        lists: [
          { action: 'block', pattern: '192.0.2.10', mailbox: 'carol@here.example', authenticated: false },
        ],
      },
    );
    const mail = mailWith({ 'ip-list': { status: 'observed', fact: { ip: '192.0.2.10' } } });
    const recipients = ['bob@here.example', 'Carol@here.example'];
    const judged = judge({ ...mail, envelope: { ...mail.envelope, recipients } }, policy);
    expect(judged).toMatchObject({
      verdict: 'hold',
      reason: 'split-verdict',
      recipients: [
        { recipient: 'bob@here.example', verdict: 'accept' },
        { recipient: 'Carol@here.example', verdict: 'hold', reason: 'split-verdict' },
      ],
    });
  });

  it('says for every kind of fact what became of it', () => {
    const checks = ['nothing', 'skipped', 'unconfigured', 'broken', 'passed', 'unwritten'].map((name) =>
      echo(name),
    );
    const mail = mailWith(
      {
        nothing: { status: 'nothing' },
        skipped: { status: 'skipped', why: 'private-client' },
        unconfigured: { status: 'not-configured' },
        broken: { status: 'error', message: 'no DNS' },
        passed: passing,
      },
      { ran: checks.map(({ name }) => name) },
    );
    const policy = policyOf(Object.fromEntries(checks.map(({ name }) => [name, {}])));
    const { findings } = judge(mail, policy, checks).recipients[0]!;
    expect(findings.map(({ result, sentence }) => [result, sentence])).toEqual([
      ['none', 'There was nothing to look at.'],
      ['skipped', 'Not made: the client has a private or loopback address, about which this says nothing.'],
      ['not-configured', 'Not made: this part of the service is not configured.'],
      ['error', 'Could not be made: no DNS.'],
      ['pass', 'It passed.'],
      ['none', 'There was nothing to look at.'],
    ]);
  });

  it('leaves out checks that did not run or are off', () => {
    const checks = [echo('a'), echo('b'), echo('c')];
    const mail = mailWith({ a: failing(), b: failing() }, { ran: ['b'] });
    const { findings } = judge(mail, policyOf({ a: {}, b: { mode: 'off' }, c: {} }), checks).recipients[0]!;
    expect(findings).toEqual([]);
  });

  it('leaves exempt senders and clients alone, and says so', () => {
    const checks = [echo('a'), echo('b')];
    const mail = mailWith({ a: failing(), b: failing() });
    const policy = policyOf({
      a: { exempt: ['*.other.example', '192.0.2.0/24'] },
      b: { exempt: ['sender.example'] },
    });
    expect(judge(mail, policy, checks)).toMatchObject({
      verdict: 'accept',
      recipients: [
        {
          findings: [
            { result: 'exempt', sentence: 'Left alone: 192.0.2.0/24 is exempt from this check.' },
            { result: 'exempt', sentence: 'Left alone: sender.example is exempt from this check.' },
          ],
        },
      ],
    });
  });

  it('takes the points of a finding before the weight of the policy, and only in mode score', () => {
    const checks = [echo('a'), echo('b'), echo('c')];
    const mail = mailWith({ a: failing(), b: failing({ score: 6.5 }), c: failing({ score: 50 }) });
    const policy = policyOf({
      a: { mode: 'score', weight: 2 },
      b: { mode: 'score', weight: 1 },
      c: { mode: 'observe' },
    });
    expect(judge(mail, policy, checks)).toMatchObject({ score: 8.5, verdict: 'hold' });
  });

  it('gives a service allow less than a domain block', () => {
    const checks = [echo('a', { standing: 'list' }), echo('b', { standing: 'list' })];
    const mail = mailWith({ a: listing('service', 'allow'), b: listing('domain', 'block') });
    expect(judge(mail, policyOf({ a: {}, b: {} }), checks)).toMatchObject({ verdict: 'reject' });
  });
});
