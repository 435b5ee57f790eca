/** Judging again what was recorded: the same, by another judge, or truly different. */
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/effective.ts';
import { decisionUnder, domainDetails, spfFail } from '../replay/replay-specification.ts';
import { compareDecision } from './compare.ts';

const policy = effectivePolicy(domainDetails(), 3);
const decision = decisionUnder(policy, { facts: { spf: { status: 'nothing' } } });

describe('a decision judged again', () => {
  it('comes to the same', () => {
    expect(compareDecision(decision, () => policy)).toEqual({ result: 'same' });
  });

  it('differs where the facts are not those that were judged', () => {
    const changed = { ...decision.data!, facts: { spf: spfFail } };
    expect(compareDecision({ ...decision, data: changed }, () => policy).result).toBe('differs');
  });

  it('by a check that is not installed here was by another judge, not altered', () => {
    const ran = (BigInt(`0x${decision.data!.ran}`) | (1n << 200n)).toString(16);
    const failed = (1n << 200n).toString(16);
    const other = { ...decision.data!, ran, failed, verdict: 'reject' as const, reason: 'lost-reason' };
    expect(compareDecision({ ...decision, data: other }, () => policy)).toMatchObject({
      result: 'engine',
      difference: { recorded: { verdict: 'reject' }, again: { verdict: 'accept' } },
    });
  });
});
