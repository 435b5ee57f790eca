/** Advice learned from releases, in words and as settings to try. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/effective.ts';
import { adviceFor, lowerBound, type Precision } from './advice.ts';
import { propose } from './proposal.ts';
import { domainDetails } from './replay-specification.ts';

const figures = (check: string, released: number, refused: number, source = ''): Precision => ({
  check,
  source,
  decided: refused,
  counted: 0,
  decidedReleased: released,
  countedReleased: 0,
});
const details = domainDetails({
  overrides: {
    spf: { mode: 'reject', settings: { actOn: ['fail', 'softfail'] } },
    dnsbl: {
      settings: {
        zones: [
          { zone: 'a.example', points: 4, codes: [] },
          { zone: 'b.example', points: 2, codes: [] },
        ],
      },
    },
  },
});
const policy = effectivePolicy(details, 1);
const sentences = (...some: readonly Precision[]): readonly string[] =>
  adviceFor(some, policy).map(({ sentence }) => sentence);

describe('advice', () => {
  it('is to let a check score that refuses what people want', () => {
    expect(sentences(figures('spf', 14, 60), figures('spf', 12, 40, 'softfail'))).toEqual([
      'spf (softfail): 12 of 40 refusals were released: set it to score.',
    ]);
  });
  it('is to lower the points of a zone, or to drop one that is mostly wrong', () => {
    expect(sentences(figures('dnsbl', 10, 50, 'a.example'), figures('dnsbl', 8, 10, 'b.example'))).toEqual([
      'dnsbl (b.example): 8 of 10 refusals were released: take this list off.',
      'dnsbl (a.example): 10 of 50 refusals were released: lower its points from 4 to 2.',
    ]);
  });
  it('is silent while little was released, or little of much', () => {
    expect(sentences(figures('spf', 2, 2), figures('dkim', 3, 100), figures('virus', 0, 0))).toEqual([]);
  });
  it('can always be tried: its settings would be taken', () => {
    const names = Object.keys(policy.checks);
    const any = fc.record({
      check: fc.constantFrom(...names),
      source: fc.constantFrom('', 'a.example', 'softfail'),
    });
    fc.assert(
      fc.property(any, fc.nat(50), fc.nat(50), ({ check, source }, released, rest) => {
        for (const advice of adviceFor([figures(check, released, released + rest, source)], policy)) {
          expect(propose(details, advice.proposal).ok).toBe(true);
        }
      }),
    );
  });
});

it('the lower bound is below the share, and rises with how much was seen', () => {
  expect(lowerBound(0, 0)).toBe(0);
  expect(lowerBound(12, 40)).toBeCloseTo(0.181, 2);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (part, rest) => {
      const all = part + rest;
      expect(lowerBound(part, all)).toBeLessThanOrEqual(part / all);
      expect(lowerBound(10 * part, 10 * all)).toBeGreaterThanOrEqual(lowerBound(part, all));
    }),
  );
});
