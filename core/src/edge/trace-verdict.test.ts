/** The field that tells the verdict: what it says, how it is folded, and that nothing can bend it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, RecipientJudgement, Verdict } from '../judge/verdict.ts';
import { type ToldVerdict, verdictHeader } from './trace-verdict.ts';

const finding = (check: string, some: Partial<Finding>): Finding => ({
  check,
  result: 'fail',
  mode: 'score',
  score: 0,
  sentence: '',
  ...some,
});

const told = (some: Partial<RecipientJudgement>, more: Partial<ToldVerdict> = {}): ToldVerdict => ({
  mailId: '01930000-0000-7000-8000-000000000001',
  judgement: {
    recipient: 'bob@shop.example',
    verdict: 'accept',
    reason: 'clean',
    score: 0,
    findings: [],
    ...some,
  },
  thresholds: { tag: 4, hold: 7, reject: 10 },
  inFull: true,
  ...more,
});

describe('X-Sluice-Verdict', () => {
  it('tells verdict, reason, points, limits, the checks that counted, and the mail', () => {
    const findings = [
      finding('dnsbl', { score: 2.5 }),
      finding('spf', { mode: 'observe' }),
      finding('fcrdns', { score: 2 }),
    ];
    expect(verdictHeader(told({ verdict: 'tag', reason: 'score-tag', score: 4.5, findings }))).toBe(
      'X-Sluice-Verdict: tag; reason=score-tag; score=4.5; tag=4; hold=7; reject=10;\r\n' +
        '\tchecks=dnsbl:2.5, fcrdns:2; id=01930000-0000-7000-8000-000000000001\r\n',
    );
  });

  it('names the list that let a mail in, and not its entry', () => {
    const list = { action: 'allow', scope: 'mailbox', pattern: 'secret@friend.example' } as const;
    const findings = [finding('sender-list', { result: 'pass', decisive: true, list })];
    const text = verdictHeader(told({ reason: 'allowed', findings }));
    expect(text).toContain('checks=sender-list:allow;');
    expect(text).not.toContain('friend');
  });

  it('has no limits where points do not count', () => {
    const never = Number.MAX_SAFE_INTEGER;
    const text = verdictHeader(told({}, { thresholds: { tag: never, hold: never, reject: never } }));
    expect(text).toBe(
      'X-Sluice-Verdict: accept; reason=clean; score=0;\r\n\tid=01930000-0000-7000-8000-000000000001\r\n',
    );
  });

  it('is only a mark where a domain does not wish to tell more', () => {
    expect(verdictHeader(told({}, { inFull: false }))).toBe('');
    expect(verdictHeader(told({ verdict: 'tag', reason: 'score-tag' }, { inFull: false }))).toBe(
      'X-Sluice-Verdict: tag; reason=score-tag\r\n',
    );
  });

  it('is one field of short lines in ASCII, whatever checks are called', () => {
    // Any code units, lone surrogates too: the unit `binary` takes seconds to be made.
    const anyText = fc.uint16Array({ maxLength: 20 }).map((units) => String.fromCharCode(...units));
    const findings = fc.array(fc.record({ check: anyText, score: fc.double({ noNaN: true }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(findings, anyText, fc.constantFrom<Verdict>('accept', 'tag'), (some, reason, verdict) => {
        const all = some.map(({ check, score }) => finding(check, { score }));
        const text = verdictHeader(told({ verdict, reason, findings: all }));
        expect(text).toMatch(/^X-Sluice-Verdict: (?:[\x20-\x7e]|\r\n\t)+\r\n$/);
        for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(100);
        expect(text.split(';').length).toBeLessThanOrEqual(8);
      }),
    );
  });
});
