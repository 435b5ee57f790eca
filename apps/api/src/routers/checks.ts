/** Procedures about the checks themselves, whatever a domain makes of them. */
import { type CheckDescription, describeCheck } from '@sluice/core/checks/describe-check.ts';
import { presetNames, type PresetName } from '@sluice/core/checks/check.ts';
import { allChecks } from '@sluice/core/checks/registry.ts';
import type { Thresholds } from '@sluice/core/policy/policy.ts';
import { currentEdition, presetPolicy } from '@sluice/core/policy/presets.ts';
import { permitted, router } from '../trpc.ts';

const thresholds = Object.fromEntries(
  presetNames.map((name) => [name, presetPolicy(name, currentEdition).thresholds]),
) as Readonly<Record<PresetName, Thresholds>>;

let described: readonly CheckDescription[] = [];

/** Described when it is asked for first: third parties may add checks while the api starts. */
function descriptions(): readonly CheckDescription[] {
  if (described.length !== allChecks.length) described = allChecks.map(describeCheck);
  return described;
}

export const checks = router({
  /** In the order of the published table; those of the operator apart; with the thresholds of each preset. */
  list: permitted('read').query(() => ({
    items: descriptions().filter(({ scope }) => scope === 'domain'),
    service: descriptions().filter(({ scope }) => scope === 'service'),
    thresholds,
  })),
});
