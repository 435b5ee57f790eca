/** What differs: a check from its preset, a policy from another one. */
import type {
  CheckDescription,
  Domain,
  DomainCheck,
  Json,
  MailboxThresholds,
  PresetName,
  Settings,
  Thresholds,
} from './domain.ts';
import { routeWords } from './route.ts';
import { modeWords } from './words.ts';

/** All of them, those included that nobody has set. */
export const settingsOf = (
  { settings }: Pick<DomainCheck, 'settings'>,
  about: CheckDescription,
): Settings => ({
  ...(about.defaults as Settings),
  ...(settings as Settings),
});

/** Names of what a check has otherwise than its preset. */
export function changedFrom(check: DomainCheck, about: CheckDescription): readonly string[] {
  const { base } = check;
  const settings = settingsOf(check, about);
  const baseSettings: Settings = { ...(about.defaults as Settings), ...(base.settings as Settings) };
  return [
    ...(check.mode === base.mode ? [] : ['mode']),
    ...(check.weight === base.weight ? [] : ['weight']),
    ...(check.onError === base.onError ? [] : ['onError']),
    ...(check.exempt.length === 0 ? [] : ['exempt']),
    ...Object.keys(baseSettings).filter((name) => !isSame(settings[name], baseSettings[name])),
  ];
}

export const isSame = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

export interface Difference {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

interface Policy {
  readonly preset?: PresetName;
  readonly thresholds: Thresholds;
  readonly checks: readonly Pick<
    DomainCheck,
    'name' | 'mode' | 'weight' | 'onError' | 'exempt' | 'settings'
  >[];
}

/** From one policy to another; `abouts` gives checks their names and the settings that nobody has set. */
export function policyDifferences(
  before: Policy,
  after: Policy,
  abouts: readonly CheckDescription[],
): readonly Difference[] {
  return [
    ...different('Preset', before.preset ?? '', after.preset ?? ''),
    ...different('Mark from', points(before.thresholds.tag), points(after.thresholds.tag)),
    ...different('Hold from', points(before.thresholds.hold), points(after.thresholds.hold)),
    ...different('Refuse from', points(before.thresholds.reject), points(after.thresholds.reject)),
    ...abouts.flatMap((about) => {
      const [was, is] = [before, after].map(({ checks }) => checks.find(({ name }) => name === about.name));
      return was === undefined || is === undefined ? [] : checkDifferences(was, is, about);
    }),
  ];
}

function checkDifferences(
  before: Policy['checks'][number],
  after: Policy['checks'][number],
  about: CheckDescription,
): readonly Difference[] {
  const [was, is] = [settingsOf(before, about), settingsOf(after, about)];
  const counts = before.mode === 'score' || after.mode === 'score';
  return [
    ...different(about.title, modeWords[before.mode].text, modeWords[after.mode].text),
    ...(counts ? different(`${about.title}: weight`, points(before.weight), points(after.weight)) : []),
    ...different(`${about.title}: when it cannot be made`, before.onError, after.onError),
    ...different(`${about.title}: left alone`, before.exempt.join(', '), after.exempt.join(', ')),
    ...Object.keys({ ...was, ...is }).flatMap((name) =>
      different(`${about.title}: ${name}`, valueWords(was[name]), valueWords(is[name])),
    ),
  ];
}

const entryWords = ({ action, pattern, mailbox, authenticated }: Domain['lists'][number]): string =>
  `${action === 'allow' ? 'Allow' : 'Block'} ${pattern}${mailbox === undefined ? '' : ` for ${mailbox}`}${authenticated ? ', if proven' : ''}`;

/** Route and lists, too. */
export function domainDifferences(
  before: Domain,
  after: Domain,
  abouts: readonly CheckDescription[],
): readonly Difference[] {
  const [was, is] = [before, after].map(({ lists }) => new Set(lists.map(entryWords)));
  const route = (domain: Domain): string => domain.route.map(routeWords).join(', then ');
  return [
    ...different('Status', before.status, after.status),
    ...different('Route', route(before), route(after)),
    ...different('Verdict in the header', valueWords(before.verdictHeader), valueWords(after.verdictHeader)),
    ...mailboxDifferences(before, after),
    ...policyDifferences(before, after, abouts),
    ...[...(was ?? [])]
      .filter((entry) => is?.has(entry) === false)
      .map((entry) => ({ what: 'Lists', before: entry, after: '' })),
    ...[...(is ?? [])]
      .filter((entry) => was?.has(entry) === false)
      .map((entry) => ({ what: 'Lists', before: '', after: entry })),
  ];
}

interface Mailboxes {
  readonly mailboxThresholds: readonly MailboxThresholds[];
}

/** A mailbox whose own thresholds came, went or changed. */
export function mailboxDifferences(before: Mailboxes, after: Mailboxes): readonly Difference[] {
  const [was, is] = [before, after].map(({ mailboxThresholds }) => new Map(mailboxThresholds.map(limitsOf)));
  const mailboxes = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...mailboxes].flatMap((mailbox) =>
    different(
      `Thresholds of ${mailbox}`,
      was?.get(mailbox) ?? "the domain's",
      is?.get(mailbox) ?? "the domain's",
    ),
  );
}

const limitsOf = ({ mailbox, tag, hold, reject }: MailboxThresholds): readonly [string, string] => [
  mailbox,
  `mark from ${tag}, hold from ${hold}, refuse from ${reject}`,
];

const different = (what: string, before: string, after: string): readonly Difference[] =>
  before === after ? [] : [{ what, before, after }];

const points = (value: number): string => `${value} ${value === 1 ? 'point' : 'points'}`;

const maxShown = 8;

/** A value in a line. */
export function valueWords(value: Json | undefined): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value)) {
    const all = value as readonly Json[];
    const more = all.length > maxShown ? ` and ${all.length - maxShown} more` : '';
    return all.length === 0 ? 'none' : all.slice(0, maxShown).map(valueWords).join(', ') + more;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.values(value as Settings)
      .filter((one) => !Array.isArray(one) || one.length > 0)
      .map(valueWords)
      .join(' ');
  }
  return value === undefined || value === null ? '' : String(value);
}
