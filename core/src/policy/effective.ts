/** The effective policy of a domain: its preset with what it sets differently. */
import type { AnyCheck } from '../checks/check.ts';
import { checkNamed } from '../checks/registry.ts';
import type { DomainDetails } from '../domain/domain.ts';
import type { CheckPolicy, Policy, ServiceLists } from './policy.ts';
import { presetPolicy } from './presets.ts';

/** Made once per revision: the parts keep their identity, so that parsed settings can be remembered by them. */
export function effectivePolicy(domain: DomainDetails, revision: number, service?: ServiceLists): Policy {
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
  const policy = { revision, checks, thresholds, ...own, lists, ...ofService(service) };
  return domain.status === 'suspended' ? safetyOnly(policy) : policy;
}

/** As parts of a policy. */
export const ofService = (
  service: ServiceLists | undefined,
): Pick<Policy, 'serviceLists' | 'serviceRevision'> =>
  service === undefined
    ? { serviceLists: [] }
    : { serviceLists: service.lists, serviceRevision: service.revision };

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
