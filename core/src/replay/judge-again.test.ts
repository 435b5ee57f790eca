/** The policies of a domain by revision: each is what folding all events up to it gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainDetails, DomainEvents } from '../domain/domain.ts';
import { domainDecider } from '../domain/domain.decider.ts';
import { fold } from '../kernel/decider.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { currentEdition } from '../policy/presets.ts';
import { policyAt } from './judge-again.ts';

const added: DomainEvents = {
  type: 'DomainAdded',
  data: { name: 'here.example', accountId: 'a', preset: 'balanced', edition: currentEdition },
};

const change: fc.Arbitrary<DomainEvents> = fc.oneof(
  fc
    .constantFrom('relaxed' as const, 'strict' as const)
    .map((preset): DomainEvents => ({ type: 'PresetChosen', data: { preset, edition: currentEdition } })),
  fc.nat(5).map((number): DomainEvents => ({
    type: 'ListEntryAdded',
    data: { entry: { action: 'block', pattern: `@x${number}.example`, authenticated: false } },
  })),
  fc.nat(5).map((number): DomainEvents => ({
    type: 'ListEntryRemoved',
    data: { entry: { action: 'block', pattern: `@x${number}.example` } },
  })),
  fc.integer({ min: 1, max: 9 }).map((weight): DomainEvents => ({
    type: 'CheckConfigured',
    data: { check: 'spf', mode: 'score', weight },
  })),
  fc.constantFrom<DomainEvents>(
    { type: 'DomainSuspended', data: { reason: 'x' } },
    { type: 'DomainResumed', data: {} },
  ),
);

describe('the policies of a domain', () => {
  it('are by revision what folding all events up to it gives, in whatever order they are asked for', () => {
    const history = fc.array(change, { maxLength: 200 }).map((changes) => [added, ...changes]);
    const asked = fc.array(fc.nat(200), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(history, asked, (events, revisions) => {
        const policies = policyAt(events);
        for (const revision of revisions.filter((one) => one < events.length)) {
          const state = fold(domainDecider, events.slice(0, revision + 1)) as DomainDetails;
          expect(policies(revision)).toEqual(effectivePolicy(state, revision));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are the same object when asked for again, so that parsed settings are remembered', () => {
    const policies = policyAt([added]);
    expect(policies(0)).toBe(policies(0));
  });

  it('are undefined where the domain has no such revision', () => {
    expect(policyAt([added])(1)).toBeUndefined();
    expect(policyAt([])(0)).toBeUndefined();
    expect(policyAt([added])(-1)).toBeUndefined();
  });
});
