/** A policy with every check of a domain on: all observe, so that each of them runs and none decides. */
import type { ReplicaDomain } from '@sluice/core/handover/feed.ts';
import { presetPolicy } from '@sluice/core/policy/presets.ts';
import { checkNamed } from '@sluice/core/checks/registry.ts';

/** Those that need a part of somebody else's. */
const foreign = new Set(['virus', 'external-engine']);

export function allObserving(): ReplicaDomain['policy']['checks'] {
  const entries = Object.entries(presetPolicy('balanced', 1).checks).filter(
    ([name]) => !foreign.has(name) && checkNamed(name)?.modes.includes('observe') === true,
  );
  return Object.fromEntries(entries.map(([name, policy]) => [name, { ...policy, mode: 'observe' as const }]));
}
