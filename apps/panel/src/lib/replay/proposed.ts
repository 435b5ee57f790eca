/** What a proposal changes of a domain's settings, line by line, and the orders that save it. */
import type { Api } from '#lib/api.ts';
import { type Difference, policyDifferences, settingsOf } from '#lib/domain/compare.ts';
import type { CheckDescription, DomainCheck, PresetName, Thresholds } from '#lib/domain/domain.ts';
import { entryWords } from '#lib/domain/entry.ts';
import type { Proposal } from './proposal.ts';

export interface Now {
  readonly preset: PresetName;
  readonly thresholds: Thresholds;
  readonly checks: readonly DomainCheck[];
}

export interface Known {
  readonly abouts: readonly CheckDescription[];
  readonly presetThresholds: Readonly<Record<PresetName, Thresholds>>;
}

/** The settings as the proposal would have them. */
export function proposed(now: Now, { preset, thresholds, checks = [] }: Proposal, known: Known): Now {
  const base = preset === undefined ? now : asPreset(now, preset, known);
  return {
    preset: preset ?? now.preset,
    thresholds: { ...base.thresholds, ...definite(thresholds) },
    checks: base.checks.map((check) => {
      const change = checks.find((one) => one.check === check.name);
      const about = known.abouts.find(({ name }) => name === check.name);
      if (change === undefined || about === undefined) return check;
      const { check: _, settings, ...rest } = change;
      return {
        ...check,
        ...definite(rest),
        settings: { ...settingsOf(check, about), ...settings },
      } as unknown as DomainCheck;
    }),
  };
}

const definite = (value: object = {}): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

const asPreset = (now: Now, preset: PresetName, { abouts, presetThresholds }: Known): Now => ({
  preset,
  thresholds: presetThresholds[preset],
  checks: now.checks.map((check) => {
    const about = abouts.find(({ name }) => name === check.name);
    return about === undefined
      ? check
      : ({ ...check, ...about.presets[preset], exempt: [] } as unknown as DomainCheck);
  }),
});

export function proposedDifferences(now: Now, proposal: Proposal, known: Known): readonly Difference[] {
  const { remove = [], add = [] } = proposal;
  return [
    ...policyDifferences(now, proposed(now, proposal, known), known.abouts),
    ...remove.map((key) => ({ what: 'Lists', before: entryWords(key), after: 'taken off' })),
    ...add.map((entry) => ({ what: 'Lists', before: '', after: entryWords(entry) })),
  ];
}

interface Saving {
  readonly domain: string;
  readonly proposal: Proposal;
  /** As the proposal would have them. */
  readonly thresholds: Thresholds;
}

interface Saved {
  readonly position?: string | undefined;
}

/** In the order in which a proposal is applied; stops at the first that is refused. */
export async function saveProposal(api: Api, { domain, proposal, thresholds }: Saving): Promise<Saved> {
  const { settings } = api.domains;
  const { preset, checks = [], remove = [], add = [] } = proposal;
  const orders: (() => Promise<Saved>)[] = [
    ...(preset === undefined ? [] : [() => settings.preset.mutate({ domain, preset })]),
    ...(proposal.thresholds === undefined
      ? []
      : [() => settings.thresholds.mutate({ domain, ...thresholds })]),
    ...checks.map((check) => () => settings.check.mutate({ domain, ...check })),
    ...remove.map((key) => () => settings.unlist.mutate({ domain, ...key })),
    ...add.map((entry) => () => settings.list.mutate({ domain, ...entry })),
  ];
  let last: Saved = {};
  for (const order of orders) last = { position: (await order()).position ?? last.position };
  return last;
}
