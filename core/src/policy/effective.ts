/** The effective policy of a domain: its preset with what it sets differently. */
import type { AnyCheck } from '../checks/check.ts';
import { checkNamed } from '../checks/registry.ts';
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
  const thresholds = domain.thresholds ?? preset.thresholds;
  const { lists, mailboxThresholds = {} } = domain;
  const own = Object.keys(mailboxThresholds).length === 0 ? {} : { mailboxThresholds };
  const policy = { revision, checks, thresholds, ...own, lists, serviceLists };
  return domain.status === 'suspended' ? safetyOnly(policy) : policy;
}

/** No mail reaches it. */
const never = Number.MAX_SAFE_INTEGER;

/** What acts at once, such as the size, is a matter of the domain's own server. */
const harmsOthers = (check: AnyCheck | undefined): boolean =>
  check?.standing === 'safety' && check.immediate !== true;

/** The policy of a suspended domain: its mail is relayed unfiltered but for what harms others. */
function safetyOnly({ mailboxThresholds: _, ...policy }: Policy): Policy {
  const checks = Object.entries(policy.checks).filter(([name]) => harmsOthers(checkNamed(name)));
  return {
    ...policy,
    checks: Object.fromEntries(checks),
    thresholds: { tag: never, hold: never, reject: never },
    lists: [],
    serviceLists: [],
  };
}
