/** Procedures about the checks themselves, whatever a domain makes of them. */
import { describeCheck } from '@sluice/core/checks/describe-check.ts';
import { presetNames, type PresetName } from '@sluice/core/checks/check.ts';
import { allChecks } from '@sluice/core/checks/registry.ts';
import type { Thresholds } from '@sluice/core/policy/policy.ts';
import { currentEdition, presetPolicy } from '@sluice/core/policy/presets.ts';
import { permitted, router } from '../trpc.ts';

const thresholds = Object.fromEntries(
  presetNames.map((name) => [name, presetPolicy(name, currentEdition).thresholds]),
) as Readonly<Record<PresetName, Thresholds>>;

const described = allChecks.map(describeCheck);

export const checks = router({
  /** In the order of the published table; those of the operator apart; with the thresholds of each preset. */
  list: permitted('read').query(() => ({
    items: described.filter(({ scope }) => scope === 'domain'),
    service: described.filter(({ scope }) => scope === 'service'),
    thresholds,
  })),
});
