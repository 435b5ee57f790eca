/**
 * Presets: named starting points for all settings of a domain, in numbered editions that never change once published. What an
 * edition says is written beside each check (`presets`, `since`, `revised`); `editions.test.ts` holds it fast.
 */
import { type AnyCheck, type Preset, presetNames, type PresetName } from '../checks/check.ts';
import { allChecks } from '../checks/registry.ts';
import type { CheckPolicy, Thresholds } from './policy.ts';

export { presetNames, type PresetName };

/** Edition that a new domain gets; a domain keeps the one it has until somebody takes a newer one or chooses a preset. */
export const currentEdition = 1;

export interface PresetPolicy {
  readonly checks: Readonly<Record<string, CheckPolicy>>;
  readonly thresholds: Thresholds;
}

/** By edition; each until the next. */
const thresholds: Readonly<Record<number, Readonly<Record<PresetName, Thresholds>>>> = {
  1: {
    relaxed: { tag: 6, hold: 10, reject: 15 },
    balanced: { tag: 4, hold: 7, reject: 10 },
    strict: { tag: 3, hold: 5, reject: 7 },
  },
};

/** A preset written out in full. Checks that its edition does not have yet are off, to be switched on one by one. */
export function presetPolicy(name: PresetName, edition: number): PresetPolicy {
  const checks = Object.fromEntries(
    allChecks
      .filter(({ scope }) => scope !== 'service')
      .map((check): [string, CheckPolicy] => [check.name, presetOf(check, name, edition)]),
  );
  return { checks, thresholds: latest(thresholds, edition)[name] };
}

/** One check under a preset; of an operator's check: as it is where the operator sets nothing. */
export function presetOf(check: AnyCheck, name: PresetName, edition: number = currentEdition): CheckPolicy {
  const { since = 1 } = check;
  const preset = presetIn(check, name, Math.max(since, edition));
  return {
    mode: edition < since ? 'off' : preset.mode,
    weight: preset.weight ?? 3,
    onError: preset.onError ?? 'ignore',
    exempt: [],
    settings: preset.settings ?? {},
  };
}

const presetIn = (
  { presets, since = 1, revised = {} }: AnyCheck,
  name: PresetName,
  edition: number,
): Preset => latest({ [since]: presets, ...revised }, edition)[name];

/** What the highest edition up to this one says; of an edition before all: what the first says. */
function latest<T>(byEdition: Readonly<Record<number, T>>, edition: number): T {
  const editions = Object.keys(byEdition).map(Number);
  const known = editions.filter((one) => one <= edition);
  return byEdition[known.length === 0 ? Math.min(...editions) : Math.max(...known)] as T;
}
