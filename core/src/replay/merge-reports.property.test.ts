/** The law of runs: reports on the parts of a row of decisions, put together in order, are the report on all of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/effective.ts';
import { mergeUndo, mergeWhatIf } from './merge-reports.ts';
import { createModelVersions, mergeModelVersions, reportVersions } from './model-versions.ts';
import type { RecordedDecision } from './read-decisions.ts';
import { decisionUnder, dnsblFact, domainDetails, softfail, spfFail } from './replay-specification.ts';
import { createUndo } from './undo.ts';
import { createWhatIf } from './what-if.ts';

const zones = ['one.example', 'two.example', 'three.example'];
const withZones = (points: number) => zones.map((zone) => ({ zone, points, codes: [] }));
const details = domainDetails({
  overrides: { dnsbl: { mode: 'reject', settings: { zones: withZones(4), allowZones: [], threshold: 4 } } },
});
const policy = effectivePolicy(details, 3);
const proposed = effectivePolicy(
  {
    ...details,
    overrides: {
      ...details.overrides,
      dnsbl: { mode: 'score', settings: { zones: withZones(2), allowZones: [], threshold: 6 } },
      dkim: { mode: 'reject' },
      spf: { mode: 'reject' },
    },
  },
  4,
);

const anyDecision: fc.Arbitrary<RecordedDecision> = fc
  .record({
    asked: fc.subarray(zones),
    listed: fc.subarray(zones),
    spf: fc.constantFrom(undefined, softfail, spfFail),
    model: fc.option(fc.record({ version: fc.constantFrom('7', '8', '9'), spam: fc.nat({ max: 3 }) })),
    hour: fc.integer({ min: 0, max: 23 }),
    state: fc.constantFrom('whole', 'whole', 'whole', 'erased', 'damaged'),
  })
  .map(({ asked, listed, spf, model, hour, state }) => {
    const others = asked.filter((zone) => !listed.includes(zone));
    const bayes =
      model === null ? {} : { bayes: { status: 'observed' as const, fact: { score: 0.5, ...model } } };
    const facts = { dnsbl: dnsblFact(listed, others), ...(spf === undefined ? {} : { spf }), ...bayes };
    const at = `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z`;
    const decision = decisionUnder(policy, { facts, at });
    return state === 'whole' ? decision : { ...decision, data: undefined, erased: state === 'erased' };
  });

/** Decisions, and places at which they are cut into runs. */
const anyRuns = fc
  .tuple(fc.array(anyDecision, { maxLength: 60 }), fc.array(fc.nat({ max: 60 }), { maxLength: 5 }))
  .map(([decisions, cuts]) => {
    const places = [0, ...cuts.toSorted((a, b) => a - b), decisions.length];
    const runs = places.slice(1).map((end, index) => decisions.slice(places[index], end));
    return { decisions, runs };
  });

const since = '2026-11-22T05:00:00Z';
const samples = 3;

describe('reports on runs of decisions', () => {
  it('of a what-if come to the report on all of them', () => {
    const reportOn = (decisions: readonly RecordedDecision[]) => {
      const fold = createWhatIf({ against: () => policy, proposed, since, samples });
      for (const decision of decisions) fold.take(decision);
      return fold.report();
    };
    fc.assert(
      fc.property(anyRuns, ({ decisions, runs }) => {
        const merged = runs.map(reportOn).reduce((one, other) => mergeWhatIf(one, other, samples));
        expect(merged).toEqual(reportOn(decisions));
      }),
    );
  });

  it('of an undo come to the report on all of them, and to the same mails', () => {
    const reportOn = (decisions: readonly RecordedDecision[]) => {
      const incident = { kind: 'check', check: 'dnsbl' } as const;
      const until = '2026-11-22T20:00:00Z';
      const fold = createUndo({ incident, since, until, policyAt: () => policy, samples });
      return { mails: decisions.flatMap((one) => fold.take(one) ?? []), report: fold.report() };
    };
    fc.assert(
      fc.property(anyRuns, ({ decisions, runs }) => {
        const parts = runs.map(reportOn);
        const merged = parts
          .map(({ report }) => report)
          .reduce((one, other) => mergeUndo(one, other, samples));
        expect({ mails: parts.flatMap(({ mails }) => mails), report: merged }).toEqual(reportOn(decisions));
      }),
    );
  });

  it('of the versions of a model come to the report on all of them', () => {
    const foundIn = (decisions: readonly RecordedDecision[]) => {
      const fold = createModelVersions({ check: 'bayes', since, until: '2026-11-22T20:00:00Z' });
      for (const decision of decisions) fold.take(decision);
      return fold.found();
    };
    fc.assert(
      fc.property(anyRuns, ({ decisions, runs }) => {
        const merged = runs.map(foundIn).reduce(mergeModelVersions);
        expect(merged).toEqual(foundIn(decisions));
        expect(reportVersions(merged)).toEqual(reportVersions(foundIn(decisions)));
      }),
    );
  });
});
