/** What a proposal changes of a domain's settings, line by line, and the orders that save it. */
import type { Api } from '#lib/api.ts';
import { type Difference, mailboxDifferences, policyDifferences, settingsOf } from '#lib/domain/compare.ts';
import type {
  CheckDescription,
  DomainCheck,
  MailboxThresholds,
  PresetName,
  Thresholds,
} from '#lib/domain/domain.ts';
import { entryWords } from '#lib/domain/entry.ts';
import type { Proposal } from './proposal.ts';

export interface Now {
  readonly preset: PresetName;
  readonly thresholds: Thresholds;
  readonly mailboxThresholds: readonly MailboxThresholds[];
  readonly checks: readonly DomainCheck[];
}

export interface Known {
  readonly abouts: readonly CheckDescription[];
  readonly presetThresholds: Readonly<Record<PresetName, Thresholds>>;
}

/** The settings as the proposal would have them. */
export function proposed(now: Now, proposal: Proposal, known: Known): Now {
  const { preset, checks = [] } = proposal;
  const base = preset === undefined ? now : asPreset(now, preset, known);
  const thresholds = { ...base.thresholds, ...definite(proposal.thresholds) };
  return {
    preset: preset ?? now.preset,
    thresholds,
    mailboxThresholds: mailboxesOf(now.mailboxThresholds, proposal, thresholds),
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

/** A threshold that is missing stays as it holds for the mailbox. */
function mailboxesOf(
  now: readonly MailboxThresholds[],
  { removeMailboxThresholds = [], mailboxThresholds = [] }: Proposal,
  thresholds: Thresholds,
): readonly MailboxThresholds[] {
  const gone = new Set(removeMailboxThresholds.map((mailbox) => mailbox.toLowerCase()));
  const left = new Map(now.filter(({ mailbox }) => !gone.has(mailbox)).map((one) => [one.mailbox, one]));
  for (const { mailbox: text, ...own } of mailboxThresholds) {
    const mailbox = text.trim().toLowerCase();
    left.set(mailbox, { ...thresholds, ...left.get(mailbox), ...definite(own), mailbox });
  }
  return [...left.values()];
}

const definite = (value: object = {}): object =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

const asPreset = (now: Now, preset: PresetName, { abouts, presetThresholds }: Known): Now => ({
  ...now,
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
  const { edition, remove = [], add = [] } = proposal;
  const next = proposed(now, proposal, known);
  return [
    ...(edition === undefined ? [] : [{ what: 'Preset', before: '', after: `edition ${edition}` }]),
    ...mailboxDifferences(now, next),
    ...policyDifferences(now, next, known.abouts),
    ...remove.map((key) => ({ what: 'Lists', before: entryWords(key), after: 'taken off' })),
    ...add.map((entry) => ({ what: 'Lists', before: '', after: entryWords(entry) })),
  ];
}

interface Saving {
  readonly domain: string;
  readonly proposal: Proposal;
  /** As the proposal would have the settings. */
  readonly next: Pick<Now, 'thresholds' | 'mailboxThresholds'>;
}

interface Saved {
  readonly position?: string | undefined;
}

/** In the order in which a proposal is applied; stops at the first that is refused. */
export async function saveProposal(api: Api, { domain, proposal, next }: Saving): Promise<Saved> {
  const { settings } = api.domains;
  const { preset, edition, checks = [], remove = [], add = [], removeMailboxThresholds = [] } = proposal;
  const orders: (() => Promise<Saved>)[] = [
    ...(preset === undefined ? [] : [() => settings.preset.mutate({ domain, preset })]),
    ...(edition === undefined ? [] : [() => settings.edition.mutate({ domain, edition })]),
    ...(proposal.thresholds === undefined
      ? []
      : [() => settings.thresholds.mutate({ domain, ...next.thresholds })]),
    ...removeMailboxThresholds.map(
      (mailbox) => () => settings.removeMailboxThresholds.mutate({ domain, mailbox }),
    ),
    ...proposedMailboxes(proposal, next).map(
      (own) => () => settings.mailboxThresholds.mutate({ domain, ...own }),
    ),
    ...checks.map((check) => () => settings.check.mutate({ domain, ...check })),
    ...remove.map((key) => () => settings.unlist.mutate({ domain, ...key })),
    ...add.map((entry) => () => settings.list.mutate({ domain, ...entry })),
  ];
  let last: Saved = {};
  for (const order of orders) last = { position: (await order()).position ?? last.position };
  return last;
}

function proposedMailboxes(
  { mailboxThresholds = [] }: Proposal,
  next: Saving['next'],
): readonly MailboxThresholds[] {
  const named = new Set(mailboxThresholds.map(({ mailbox }) => mailbox.trim().toLowerCase()));
  return next.mailboxThresholds.filter(({ mailbox }) => named.has(mailbox));
}
