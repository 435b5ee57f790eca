/** Two states of a domain's settings side by side: only what differs, in words. */
import { checkNamed } from '../checks/registry.ts';
import type { DomainDetails } from '../domain/domain.ts';
import { isSameEntry } from '../domain/evolve.ts';
import { settingsOf } from '../judge/judge.ts';
import type { Json } from '../kernel/json.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { CheckPolicy, ListEntry, Policy, Thresholds } from '../policy/policy.ts';

export interface SettingDifference {
  readonly about: 'preset' | 'status' | 'thresholds' | 'header' | 'check' | 'list';
  /** Of a check: its name; of a list: the pattern; of a mailbox with thresholds of its own: its address. */
  readonly name?: string;
  /** Which of its settings: mode, weight, `zones` … */
  readonly setting: string;
  /** Undefined: it was not there. */
  readonly before: Json | undefined;
  /** Undefined: it is not there any more. */
  readonly after: Json | undefined;
  /** “dnsbl: mode was score, now reject”. */
  readonly sentence: string;
}

/** Effective settings: what a preset says and what the domain sets differently count alike. */
export function settingDifferences(then: DomainDetails, now: DomainDetails): readonly SettingDifference[] {
  const [before, after] = [effectivePolicy(then, 0), effectivePolicy(now, 0)];
  return [
    ...plain('preset', 'preset', [then.preset, now.preset]),
    ...plain('preset', 'edition of the preset', [then.edition, now.edition]),
    ...plain('status', 'status', [then.status, now.status]),
    ...thresholdNames.flatMap((name) =>
      plain('thresholds', name, [before.thresholds[name], after.thresholds[name]]),
    ),
    ...mailboxDifferences(before, after),
    ...plain('header', 'verdict header', [then.verdictHeader ?? true, now.verdictHeader ?? true]),
    ...checkDifferences(before, after),
    ...listDifferences(before.lists, after.lists),
  ];
}

const thresholdNames = ['tag', 'hold', 'reject'] as const;

function mailboxDifferences(
  { mailboxThresholds: then = {} }: Policy,
  { mailboxThresholds: now = {} }: Policy,
): readonly SettingDifference[] {
  const mailboxes = new Set([...Object.keys(then), ...Object.keys(now)]);
  return [...mailboxes].flatMap((mailbox) =>
    plain('thresholds', 'thresholds', [limitsText(then[mailbox]), limitsText(now[mailbox])], mailbox),
  );
}

const limitsText = (limits: Thresholds | undefined): string =>
  limits === undefined ? "the domain's" : `${limits.tag}, ${limits.hold}, ${limits.reject}`;

type Pair = readonly [then: Json | undefined, now: Json | undefined];

const isSame = ([then, now]: Pair): boolean => JSON.stringify(then) === JSON.stringify(now);

function plain(
  about: SettingDifference['about'],
  setting: string,
  pair: Pair,
  name?: string,
): readonly SettingDifference[] {
  if (isSame(pair)) return [];
  const [before, after] = pair;
  const subject = name === undefined ? setting : `${name}: ${setting}`;
  const sentence = `${subject} was ${words(before)}, now ${words(after)}`;
  return [{ about, setting, before, after, sentence, ...(name === undefined ? {} : { name }) }];
}

const maxWords = 80;

function words(value: Json | undefined): string {
  if (value === undefined) return 'not there';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxWords ? `${text.slice(0, maxWords - 1)}…` : text;
}

function checkDifferences(before: Policy, after: Policy): readonly SettingDifference[] {
  const names = new Set([...Object.keys(before.checks), ...Object.keys(after.checks)]);
  return [...names].flatMap((name) => checkDifference(name, before.checks[name], after.checks[name]));
}

/** What a check would do while it is off is nobody's difference. */
function checkDifference(
  name: string,
  then: CheckPolicy = offPolicy,
  now: CheckPolicy = offPolicy,
): readonly SettingDifference[] {
  if (then.mode === 'off' && now.mode === 'off') return [];
  const mode = plain('check', 'mode', [then.mode, now.mode], name);
  if (then === offPolicy || now === offPolicy) return mode;
  const [before, after] = [settingsIn(name, then), settingsIn(name, now)];
  const members = new Set([...Object.keys(before), ...Object.keys(after)]);
  const isScored = then.mode === 'score' || now.mode === 'score';
  return [
    ...mode,
    ...(isScored ? plain('check', 'weight', [then.weight, now.weight], name) : []),
    ...plain('check', 'onError', [then.onError, now.onError], name),
    ...plain('check', 'exempt', [then.exempt, now.exempt], name),
    ...[...members].flatMap((member) => plain('check', member, [before[member], after[member]], name)),
  ];
}

/** Of a check that a policy does not know. */
const offPolicy: CheckPolicy = { mode: 'off', weight: 0, onError: 'ignore', exempt: [], settings: {} };

/** With the check's own defaults written out, so that a default that was spelled out is no difference. */
function settingsIn(name: string, policy: CheckPolicy): Readonly<Record<string, Json | undefined>> {
  const check = checkNamed(name);
  const parsed = check === undefined ? undefined : settingsOf(check, policy);
  return parsed === undefined
    ? policy.settings
    : (parsed.value as Readonly<Record<string, Json | undefined>>);
}

function listDifferences(before: readonly ListEntry[], after: readonly ListEntry[]): SettingDifference[] {
  const find = (list: readonly ListEntry[], key: ListEntry) => list.find((entry) => isSameEntry(entry, key));
  const gone = before.flatMap((entry) => {
    const now = find(after, entry);
    if (now === undefined) return [listDifference(entry, [plainEntry(entry), undefined])];
    const pair: Pair = [plainEntry(entry), plainEntry(now)];
    return isSame(pair) ? [] : [listDifference(entry, pair)];
  });
  const added = after.filter((entry) => find(before, entry) === undefined);
  return [...gone, ...added.map((entry) => listDifference(entry, [undefined, plainEntry(entry)]))];
}

function listDifference({ action, pattern, mailbox }: ListEntry, [before, after]: Pair): SettingDifference {
  const subject = mailbox === undefined ? pattern : `${pattern} for ${mailbox}`;
  const became = after === undefined ? 'was on it, and no longer is' : 'has changed';
  const what = before === undefined ? 'was not on it yet' : became;
  const sentence = `${action} list: ${subject} ${what}`;
  return { about: 'list', name: pattern, setting: action, before, after, sentence };
}

/** Notes are not settings. */
const plainEntry = ({ note: _, ...entry }: ListEntry): Json => ({ ...entry });
