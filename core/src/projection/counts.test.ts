/** What the statistics count. */
import { describe, expect, it } from 'vitest';
import { checkBits } from '../decision/mail-judged.ts';
import { type Count, countDecision, countRefusals, sumCounts } from './counts.ts';

const metadata = { at: '2026-11-22T10:59:59.999Z', accountId: 'a1', domainId: 'd1' };
const hour = '2026-11-22T10:00:00.000Z';

describe('counts', () => {
  it('count a decision in its hour, and each check that failed in it', () => {
    const failed = checkBits(['ip-list', 'sender-list']);
    const counts = countDecision({ verdict: 'reject', reason: 'client-listed', failed }, metadata);
    const base = { hour, accountId: 'a1', domainId: 'd1', verdict: 'reject', count: 1 };
    expect(counts).toEqual([
      { ...base, reason: 'client-listed', check: '' },
      { ...base, reason: '', check: 'ip-list' },
      { ...base, reason: '', check: 'sender-list' },
    ]);
  });

  it('count what was turned away by its reply code', () => {
    const counts = countRefusals({
      minute: '2026-11-22T10:15:00.000Z',
      counts: [
        { reason: 'greylisted', code: 451, domainId: 'd1', count: 2 },
        { reason: 'relay-denied', code: 550, count: 5 },
      ],
    });
    expect(counts).toMatchObject([
      { hour, domainId: 'd1', verdict: 'defer', reason: 'greylisted', count: 2 },
      { hour, domainId: undefined, verdict: 'reject', reason: 'relay-denied', count: 5 },
    ]);
  });

  it('are added up where they are of the same thing, and only there', () => {
    const one: Count = {
      hour,
      domainId: 'd1',
      accountId: 'a1',
      verdict: 'reject',
      reason: 'x',
      check: '',
      count: 2,
    };
    expect(
      sumCounts([one, { ...one, count: 3 }, { ...one, domainId: 'd2' }, { ...one, check: 'c' }]),
    ).toEqual([
      { ...one, count: 5 },
      { ...one, domainId: 'd2' },
      { ...one, check: 'c' },
    ]);
  });
});
