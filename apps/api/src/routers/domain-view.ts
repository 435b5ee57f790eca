/** A domain as callers see it: its effective policy written out, its route as URLs. */
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import { routeText } from '@sluice/core/domain/route.ts';
import { effectivePolicy } from '@sluice/core/policy/effective.ts';
import { checkNamed, originOf } from '@sluice/core/checks/registry.ts';

export function describeDomain(
  id: string,
  details: DomainDetails,
  about: { readonly revision: number; readonly removedAt?: string | undefined },
) {
  const policy = effectivePolicy(details, about.revision);
  const checks = Object.entries(policy.checks).map(([name, check]) => ({
    name,
    title: checkNamed(name)?.title ?? name,
    /** Of the published table, or installed by the operator. */
    origin: originOf(name),
    ...check,
    isDefault: details.overrides[name] === undefined,
  }));
  return {
    id,
    name: details.name,
    accountId: details.accountId,
    status: details.status,
    preset: details.preset,
    revision: about.revision,
    route: details.route.map(routeText),
    thresholds: policy.thresholds,
    /** Of mailboxes that have their own, by their addresses. */
    mailboxThresholds: Object.entries(details.mailboxThresholds ?? {})
      .map(([mailbox, own]) => ({ mailbox, ...own }))
      .toSorted((one, other) => one.mailbox.localeCompare(other.mailbox)),
    /** Whether accepted mail tells its verdict in its header. */
    verdictHeader: details.verdictHeader ?? true,
    lists: policy.lists,
    checks,
    ...(about.removedAt === undefined ? {} : { removedAt: about.removedAt }),
  };
}
