/** Proposed settings: as they travel in an address, what they come to, and how they are saved. */
import { pathOf } from '#lib/domain/domain.ts';
import { modeWords, onErrorWords, presetNames } from '#lib/domain/words.ts';
import type { Inputs } from '#lib/outputs.ts';

export type Proposal = Inputs['whatif']['start']['proposal'];
export type ProposedCheck = NonNullable<Proposal['checks']>[number];
export type ProposedMailbox = NonNullable<Proposal['mailboxThresholds']>[number];
type Key = NonNullable<Proposal['remove']>[number];
export type ProposedEntry = NonNullable<Proposal['add']>[number];

export const whatIfPath = (domain: string, proposal: Proposal): string =>
  `${pathOf(domain)}/what-if?${new URLSearchParams({ proposal: JSON.stringify(proposal) })}`;

export const isEmpty = ({ preset, edition, thresholds, ...lists }: Proposal): boolean =>
  preset === undefined &&
  edition === undefined &&
  Object.keys(thresholds ?? {}).length === 0 &&
  Object.values(lists).every((list) => list === undefined || list.length === 0);

/** With thresholds of one mailbox; whatever was proposed of it before is forgotten. */
export function withMailbox(proposal: Proposal, own: ProposedMailbox): Proposal {
  const { mailboxThresholds = [], ...rest } = withoutMailbox(proposal, own.mailbox);
  return { ...rest, mailboxThresholds: [...mailboxThresholds, own] };
}

/** With those of the domain for a mailbox that has its own. */
export function withDomains(proposal: Proposal, mailbox: string): Proposal {
  const { removeMailboxThresholds = [], ...rest } = withoutMailbox(proposal, mailbox);
  return { ...rest, removeMailboxThresholds: [...removeMailboxThresholds, mailbox] };
}

function withoutMailbox(proposal: Proposal, mailbox: string): Proposal {
  const { mailboxThresholds = [], removeMailboxThresholds = [] } = proposal;
  const isOther = (one: string): boolean => one.toLowerCase() !== mailbox.toLowerCase();
  return {
    ...proposal,
    mailboxThresholds: mailboxThresholds.filter((one) => isOther(one.mailbox)),
    removeMailboxThresholds: removeMailboxThresholds.filter(isOther),
  };
}

/** With one check set otherwise; what was proposed of it before is kept where this says nothing of it. */
export function withCheck(proposal: Proposal, change: ProposedCheck): Proposal {
  const { checks = [] } = proposal;
  const before = checks.find(({ check }) => check === change.check);
  const others = checks.filter(({ check }) => check !== change.check);
  return { ...proposal, checks: [...others, { ...before, ...change }] };
}

/** From an address, which anybody may have written: what is no proposal is left out, the api judges the rest. */
export function readProposal(text: string | null): Proposal {
  const given = recordOf(parsed(text));
  const preset = presetNames.find((name) => name === given['preset']);
  const edition = given['edition'];
  const thresholds = thresholdsOf(given['thresholds']);
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(typeof edition === 'number' ? { edition } : {}),
    ...(Object.keys(thresholds).length === 0 ? {} : { thresholds }),
    ...some('removeMailboxThresholds', textsOf(given['removeMailboxThresholds'])),
    ...some('mailboxThresholds', listOf(given['mailboxThresholds']).flatMap(mailboxOf)),
    checks: listOf(given['checks']).flatMap(checkOf),
    remove: listOf(given['remove']).flatMap(keyOf),
    add: listOf(given['add']).flatMap(entryOf),
  };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

type Given = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const recordOf = (value: unknown): Given => (isRecord(value) ? value : {});

const listOf = (value: unknown): readonly Given[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const some = <TName extends string, T>(name: TName, list: T[]): { readonly [K in TName]?: T[] } =>
  (list.length === 0 ? {} : { [name]: list }) as { readonly [K in TName]?: T[] };

const thresholdNames = ['tag', 'hold', 'reject'] as const;

function thresholdsOf(value: unknown): NonNullable<Proposal['thresholds']> {
  const given = recordOf(value);
  return Object.fromEntries(
    thresholdNames.flatMap((name) => (typeof given[name] === 'number' ? [[name, given[name]]] : [])),
  );
}

const mailboxOf = ({ mailbox, ...thresholds }: Given): readonly ProposedMailbox[] =>
  typeof mailbox === 'string' ? [{ mailbox, ...thresholdsOf(thresholds) }] : [];

function checkOf({ check, mode, weight, onError, exempt, settings }: Given): readonly ProposedCheck[] {
  if (typeof check !== 'string') return [];
  const change = {
    check,
    ...(typeof mode === 'string' && Object.hasOwn(modeWords, mode) ? { mode } : {}),
    ...(typeof weight === 'number' ? { weight } : {}),
    ...(typeof onError === 'string' && Object.hasOwn(onErrorWords, onError) ? { onError } : {}),
    ...(Array.isArray(exempt) ? { exempt: exempt.map(String) } : {}),
    ...(isRecord(settings) ? { settings } : {}),
  };
  // Each member was looked at; what settings hold is JSON, because it was parsed.
  return [change as ProposedCheck];
}

function keyOf({ action, pattern, mailbox }: Given): readonly Key[] {
  if ((action !== 'allow' && action !== 'block') || typeof pattern !== 'string') return [];
  return [{ action, pattern, ...(typeof mailbox === 'string' ? { mailbox } : {}) }];
}

const entryOf = (given: Given): readonly ProposedEntry[] =>
  keyOf(given).map((key) => ({
    ...key,
    authenticated: given['authenticated'] === true,
    ...(typeof given['expires'] === 'string' ? { expires: given['expires'] } : {}),
    ...(typeof given['note'] === 'string' ? { note: given['note'] } : {}),
  }));
