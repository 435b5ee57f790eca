/** Checks of third parties: which are taken into the table, and what is said of the others. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkBits, checkNames, missingChecks } from '../decision/mail-judged.ts';
import { judge } from '../judge/judge.ts';
import { failing, mailWith } from '../judge/judge-specification.ts';
import { currentEdition, presetPolicy } from '../policy/presets.ts';
import { type Check, type Conclusion, defineCheck, observed } from './check.ts';
import { installChecks } from './install.ts';
import { allChecks, checkNamed, isKeptReason, reasonTitle, replyFor } from './registry.ts';

const own = (changes: Partial<Check<unknown, Conclusion>> & { readonly [name: string]: unknown } = {}) =>
  defineCheck<unknown, Conclusion, string>({
    number: 100,
    name: 'own-check',
    phase: 'data',
    standing: 'ordinary',
    title: 'Own check',
    help: 'Looks.',
    modes: ['off', 'observe', 'score', 'reject'],
    settings: z.object({ level: z.number().default(1) }),
    presets: { relaxed: { mode: 'off' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
    reasons: { 'own-reason': { title: 'Own reason', code: 550, enhanced: '5.7.1', text: 'Refused: own' } },
    gather: async () => observed({ result: 'none', sentence: '' }),
    judge: (fact) => fact,
    ...changes,
  });

const faults = (...candidates: readonly unknown[]): string => {
  const result = installChecks(candidates);
  return result.ok ? '' : result.error.join('\n');
};

describe('a check of a third party', () => {
  it.each([
    [null, 'check 1: it is no check'],
    ['text', 'check 1: it is no check'],
    [{}, 'check 1: number'],
    [own({ number: 99 }), 'the check “own-check”: number'],
    [own({ number: 256 }), 'number'],
    [own({ name: 'Own Check' }), 'name: has to be words'],
    [own({ phase: 'never' as 'data' }), 'phase'],
    [own({ standing: 'list' }), 'standing'],
    [own({ immediate: true }), 'immediate'],
    [own({ scope: 'service' }), 'scope'],
    [own({ gather: undefined as never }), 'gather: has to be a function'],
    [own({ settings: {} as never }), 'settings: has to be a zod schema'],
    [own({ settings: z.object({ level: z.number() }) }), 'need a default each'],
    [
      own({
        settings: z.object({
          at: z
            .string()
            .default('x')
            .transform(() => 1n),
        }),
      }),
      'settings',
    ],
    [own({ settings: z.object({ weight: z.number().default(1) }) }), 'settings.weight: every check has'],
    [own({ modes: ['off'] }), 'preset balanced has the mode reject'],
    [
      own({ reasons: { x: { title: 'X', code: 550, enhanced: '5.7.1', text: 'a\r\nb' } } }),
      'one line of ASCII',
    ],
    [
      own({ reasons: { 'spf-fail': { title: 'X', code: 550, enhanced: '5.7.1', text: 'x' } } }),
      '“spf-fail” is taken',
    ],
    [own({ name: 'spf' }), 'a check of that name already'],
  ])('is not taken when it does not fit: %#', (candidate, words) => {
    const before = allChecks.length;
    expect(faults(candidate)).toContain(words);
    expect(allChecks).toHaveLength(before);
  });

  it('is not taken beside another of the same number, and neither is the other', () => {
    const other = own({ name: 'other', reasons: {} });
    expect(faults(own(), other)).toBe('the check “other”: its number 100 belongs to “own-check” already.');
    expect(checkNamed('own-check')).toBeUndefined();
  });

  it('is in the record of a mail by its bit, known to nobody before it is installed', () => {
    const facts = { 'own-check': observed({}) };
    const ran = (1n << 100n).toString(16);
    expect(checkNames(ran)).toEqual([]);
    expect(missingChecks({ ran, facts })).toEqual(['own-check']);
    expect(missingChecks({ ran, facts: {} })).toEqual(['number 100']);
    expect(reasonTitle('own-reason')).toBe('own-reason');
  });

  it('decides like any other once it is installed, and only once', () => {
    const check = own();
    expect(installChecks([check])).toMatchObject({ ok: true, value: [check] });
    expect(installChecks([check])).toMatchObject({ ok: true, value: [] });
    const policy = { revision: 1, ...presetPolicy('strict', currentEdition), lists: [], serviceLists: [] };
    const mail = mailWith({ 'own-check': failing({ reason: 'own-reason' }) });
    expect(judge(mail, policy)).toMatchObject({ verdict: 'reject', reason: 'own-reason' });
    expect(checkNames(checkBits(['spf', 'own-check']))).toEqual(['spf', 'own-check']);
    expect(missingChecks({ ran: checkBits(['own-check']), facts: mail.facts })).toEqual([]);
    expect(replyFor('own-reason').text).toBe('Refused: own');
    expect(isKeptReason('own-reason')).toBe(true);
  });
});
