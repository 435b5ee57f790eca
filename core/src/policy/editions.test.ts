/** A published edition of the presets never changes, and a domain is judged by the edition it has. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AnyCheck, type Preset, presetNames } from '../checks/check.ts';
import { allChecks } from '../checks/registry.ts';
import { domainDecider } from '../domain/domain.decider.ts';
import type { DomainEvents, DomainState } from '../domain/domain.ts';
import { evolveDomain } from '../domain/evolve.ts';
import { currentEdition, presetOf, presetPolicy } from './presets.ts';

/** One line a check and preset, every setting written out: a default that changes is a change, too. */
function writtenOut(edition: number): string {
  const lines = presetNames.flatMap((name) => {
    const { checks, thresholds } = presetPolicy(name, edition);
    const ofEdition = allChecks.filter(({ scope, since = 1 }) => scope !== 'service' && since <= edition);
    return [
      `${name} thresholds ${JSON.stringify(thresholds)}`,
      ...ofEdition.map((check) => {
        const policy = checks[check.name];
        const settings = check.settings.parse(policy?.settings);
        return `${name} ${check.name} ${JSON.stringify({ ...policy, settings })}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const editions = Array.from({ length: currentEdition }, (_, index) => index + 1);

describe.each(editions)('edition %i of the presets', (edition) => {
  // A new edition is written to its file by the first run; in CI a file that is missing is a failure.
  it('is as it was published', async () => {
    await expect(
      writtenOut(edition),
      'A published edition never changes, for domains are judged by it. Raise currentEdition (presets.ts); a new check has `since`, one that changes has `revised`, a new setting gives earlier editions the value by which it does nothing.',
    ).toMatchFileSnapshot(`editions/edition-${edition}.txt`);
  });
});

const preset = (mode: Preset['mode'], settings = {}): Preset => ({ mode, settings });
const all = (one: Preset) => ({ relaxed: one, balanced: one, strict: one });

const check = (some: Partial<AnyCheck>): AnyCheck => ({
  ...allChecks[0]!,
  settings: z.object({}),
  presets: all(preset('score', { limit: 1 })),
  ...some,
});

describe('a check', () => {
  it('is off in editions before its own, with the settings that it would begin with', () => {
    const fresh = check({ since: 2 });
    expect(presetOf(fresh, 'balanced', 1)).toMatchObject({ mode: 'off', settings: { limit: 1 } });
    expect(presetOf(fresh, 'balanced', 2)).toMatchObject({ mode: 'score', settings: { limit: 1 } });
  });

  it('is in each edition as the last one up to it has revised it', () => {
    const revised = check({
      revised: { 3: all(preset('reject', { limit: 3 })), 5: all(preset('observe', { limit: 5 })) },
    });
    const limits = [1, 2, 3, 4, 5, 6].map((edition) => presetOf(revised, 'strict', edition).settings);
    expect(limits).toEqual([1, 1, 3, 3, 5, 5].map((limit) => ({ limit })));
  });
});

describe('a domain', () => {
  const metadata = {
    id: 'c1',
    now: '2026-11-22T12:00:00.000Z',
    actor: { kind: 'operator', id: 'operator' },
    correlationId: 'c1',
  } as const;
  const domainOf = (edition: number, ...events: readonly DomainEvents[]): DomainState =>
    [
      {
        type: 'DomainAdded',
        data: { name: 'a.example', accountId: 'a', preset: 'balanced', edition },
      } as const,
      ...events,
    ].reduce<DomainState>(evolveDomain, domainDecider.initialState);
  const take = (edition: number, state: DomainState) =>
    domainDecider.decide({ type: 'TakeEdition', data: { edition }, metadata }, state);

  it('takes a newer edition, and keeps what it sets differently', () => {
    const configured: DomainEvents = { type: 'CheckConfigured', data: { check: 'spf', mode: 'off' } };
    const state = domainOf(currentEdition - 1, configured);
    const decided = take(currentEdition, state);
    expect(decided).toEqual({
      ok: true,
      value: [{ type: 'EditionTaken', data: { edition: currentEdition } }],
    });
    const after = decided.ok ? decided.value.reduce<DomainState>(evolveDomain, state) : state;
    expect(after).toMatchObject({
      preset: 'balanced',
      edition: currentEdition,
      overrides: { spf: { mode: 'off' } },
    });
  });

  it('stays where it is when it has the newest, and goes neither back nor to one that is not there', () => {
    const state = domainOf(currentEdition);
    expect(take(currentEdition, state)).toEqual({ ok: true, value: [] });
    for (const edition of [0, currentEdition - 1, currentEdition + 1, 0.5]) {
      expect(take(edition, state)).toMatchObject({
        error: {
          code: 'bad-edition',
          message: `The domain has edition ${currentEdition} of its preset; there is none that is newer.`,
        },
      });
    }
  });
});
