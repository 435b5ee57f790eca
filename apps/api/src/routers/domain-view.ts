/** A domain as callers see it: its effective policy written out, its route as URLs. */
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import { routeText } from '@sluice/core/domain/route.ts';
import { effectivePolicy } from '@sluice/core/policy/effective.ts';
import { currentEdition, presetPolicy } from '@sluice/core/policy/presets.ts';
import { settingDifferences } from '@sluice/core/replay/settings-diff.ts';
import { checkNamed, originOf } from '@sluice/core/checks/registry.ts';

export function describeDomain(
  id: string,
  details: DomainDetails,
  about: { readonly revision: number; readonly removedAt?: string | undefined },
) {
  const policy = effectivePolicy(details, about.revision);
  const preset = presetPolicy(details.preset, details.edition);
  const checks = Object.entries(policy.checks).map(([name, check]) => ({
    name,
    title: checkNamed(name)?.title ?? name,
    /** Of the published table, or installed by the operator. */
    origin: originOf(name),
    ...check,
    /** As the domain's preset has it, in the edition that the domain has. */
    base: preset.checks[name] ?? check,
    isDefault: details.overrides[name] === undefined,
  }));
  return {
    id,
    name: details.name,
    accountId: details.accountId,
    status: details.status,
    preset: details.preset,
    edition: editionOf(details),
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

/** The edition of the preset that it has, the newest there is, and what that would change: sentences. */
function editionOf(details: DomainDetails) {
  const isOld = details.edition < currentEdition;
  const changes = isOld ? settingDifferences(details, { ...details, edition: currentEdition }) : [];
  const settings = changes.filter(({ about }) => about !== 'preset');
  return {
    now: details.edition,
    newest: currentEdition,
    changes: settings.map(({ sentence }) => sentence),
  };
}
