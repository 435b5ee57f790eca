/** Presets: named starting points for all settings of a domain, in numbered editions that never change once published. */
import { type AnyCheck, presetNames, type PresetName } from '../checks/check.ts';
import { allChecks } from '../checks/registry.ts';
import type { CheckPolicy, Thresholds } from './policy.ts';

export { presetNames, type PresetName };

/** Edition that a new domain gets; a domain keeps the one it has until somebody chooses a preset again. */
export const currentEdition = 1;

export interface PresetPolicy {
  readonly checks: Readonly<Record<string, CheckPolicy>>;
  readonly thresholds: Thresholds;
}

const thresholds: Readonly<Record<PresetName, Thresholds>> = {
  relaxed: { tag: 6, hold: 10, reject: 15 },
  balanced: { tag: 4, hold: 7, reject: 10 },
  strict: { tag: 3, hold: 5, reject: 7 },
};

/** A preset written out in full. Editions after the first are told apart here, so that old policies stay as they were. */
export function presetPolicy(name: PresetName, _edition: number): PresetPolicy {
  const checks = Object.fromEntries(
    allChecks
      .filter(({ scope }) => scope !== 'service')
      .map((check): [string, CheckPolicy] => [check.name, presetOf(check, name)]),
  );
  return { checks, thresholds: thresholds[name] };
}

/** One check under a preset; of an operator's check: as it is where the operator sets nothing. */
export function presetOf(check: AnyCheck, name: PresetName): CheckPolicy {
  const preset = check.presets[name];
  return {
    mode: preset.mode,
    weight: preset.weight ?? 3,
    onError: preset.onError ?? 'ignore',
    exempt: [],
    settings: preset.settings ?? {},
  };
}
