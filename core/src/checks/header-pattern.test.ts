/** What a customer's own rules find, and what they come to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concluded, gathered, envelopeOf } from './check-specification.ts';
import { headerPattern } from './header-pattern.ts';
import { linearPattern } from './linear-pattern.ts';
import { judge } from '../judge/judge.ts';

const message = {
  headers: [
    { name: 'Subject', value: '=?utf-8?Q?caf=C3=A9?= Offer', decoded: 'café Offer' },
    { name: 'X-Mailer', value: 'Bulk Master 3000' },
  ],
};
const judgeRules = (...rules: readonly object[]) =>
  concluded(headerPattern, { message, settings: { rules } });

describe('header-pattern', () => {
  it('asks nothing where there are no rules, and records only what rules name', async () => {
    expect(await gathered(headerPattern, { message })).toEqual({ status: 'nothing' });
    const settings = { rules: [{ pattern: '*x*' }, { field: 'List-Id', pattern: '*' }] };
    expect(await gathered(headerPattern, { message, settings })).toEqual({
      status: 'observed',
      fact: { fields: { subject: ['café Offer'] } },
    });
  });

  it('blocks by wildcard, over the decoded field, whatever the case', async () => {
    expect(await judgeRules({ pattern: '*CAFÉ*' })).toEqual({
      result: 'fail',
      reason: 'header-blocked',
      sentence: 'The subject header, “café Offer”, matches your rule “*CAFÉ*”.',
      list: { action: 'block', scope: 'domain', pattern: '*CAFÉ*' },
    });
    expect(await judgeRules({ pattern: 'offer' })).toMatchObject({ result: 'none' });
    expect(await judgeRules({ pattern: 'caf? offer' })).toMatchObject({ result: 'fail' });
  });

  it('blocks by regular expression found anywhere in the field that it names', async () => {
    const rule = { field: 'X-Mailer', pattern: 'master \\d{4}$', syntax: 'regex' };
    expect(await judgeRules(rule)).toMatchObject({ result: 'fail' });
  });

  it('lets a rule that keeps stand above all that block', async () => {
    const rules = [{ pattern: '*' }, { pattern: '*offer*', action: 'keep' }];
    expect(await judgeRules(...rules)).toMatchObject({
      result: 'pass',
      list: { action: 'allow', scope: 'domain', pattern: '*offer*' },
    });
  });

  it('keeps mail against every ordinary check, like an entry of the allow list', async () => {
    const policy = {
      revision: 1,
      checks: {
        'header-pattern': {
          mode: 'reject' as const,
          weight: 1,
          onError: 'ignore' as const,
          exempt: [],
          settings: { rules: [{ pattern: '*keepme*', action: 'keep' }] },
        },
      },
      thresholds: { tag: 1, hold: 2, reject: 3 },
      lists: [],
      serviceLists: [],
    };
    const facts = {
      'header-pattern': { status: 'observed' as const, fact: { fields: { subject: ['do keepme'] } } },
    };
    const mail = {
      envelope: envelopeOf(),
      receivedAt: '2026-11-22T12:00:00.000Z',
      ran: ['header-pattern'],
      facts,
    };
    expect(judge(mail, policy)).toMatchObject({ verdict: 'accept', reason: 'allowed' });
  });

  it.each(['(', 'a(?=b)', '(a)\\1', 'a{5000}'])('does not take the expression %s', (pattern) => {
    expect(headerPattern.settings.safeParse({ rules: [{ pattern, syntax: 'regex' }] }).success).toBe(false);
  });

  it('takes no time to speak of for expressions that others choke on', async () => {
    const before = process.cpuUsage();
    for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*a){20}$', '([a-zA-Z]+)*$']) {
      linearPattern(pattern, 'regex')?.matches(`${'a'.repeat(500)}!`);
    }
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it('matches a text by itself as a wildcard, where it has no sign of its own', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        fc.pre(text.trim() === text && !/[*?]/.test(text));
        expect(linearPattern(text, 'wildcard')?.matches(text)).toBe(true);
      }),
    );
  });
});
