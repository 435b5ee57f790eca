/** The effective policy of a domain: its preset with what it sets differently. */
import type { DomainDetails } from '../domain/domain.ts';
import type { CheckPolicy, ListEntry, Policy } from './policy.ts';
import { presetPolicy } from './presets.ts';

/** Made once per revision: the parts keep their identity, so that parsed settings can be remembered by them. */
export function effectivePolicy(
  domain: DomainDetails,
  revision: number,
  serviceLists: readonly ListEntry[] = [],
): Policy {
  const preset = presetPolicy(domain.preset, domain.edition);
  const checks = Object.fromEntries(
    Object.entries(preset.checks).map(([name, base]): [string, CheckPolicy] => {
      const override = domain.overrides[name];
      if (override === undefined) return [name, base];
      return [name, { ...base, ...override, settings: { ...base.settings, ...override.settings } }];
    }),
  );
  return {
    revision,
    checks,
    thresholds: domain.thresholds ?? preset.thresholds,
    lists: domain.lists,
    serviceLists,
  };
}
