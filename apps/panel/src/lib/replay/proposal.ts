/** Proposed settings: as they travel in an address, what they come to, and how they are saved. */
import { pathOf } from '#lib/domain/domain.ts';
import { modeWords, onErrorWords, presetNames } from '#lib/domain/words.ts';
import type { Inputs } from '#lib/outputs.ts';

export type Proposal = Inputs['whatif']['start']['proposal'];
export type ProposedCheck = NonNullable<Proposal['checks']>[number];
type Key = NonNullable<Proposal['remove']>[number];
type Entry = NonNullable<Proposal['add']>[number];

export const whatIfPath = (domain: string, proposal: Proposal): string =>
  `${pathOf(domain)}/what-if?${new URLSearchParams({ proposal: JSON.stringify(proposal) })}`;

export const isEmpty = ({ preset, thresholds, checks = [], remove = [], add = [] }: Proposal): boolean =>
  preset === undefined &&
  Object.keys(thresholds ?? {}).length === 0 &&
  checks.length + remove.length + add.length === 0;

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
  const thresholds = thresholdsOf(given['thresholds']);
  return {
    ...(preset === undefined ? {} : { preset }),
    ...(Object.keys(thresholds).length === 0 ? {} : { thresholds }),
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

const thresholdNames = ['tag', 'hold', 'reject'] as const;

function thresholdsOf(value: unknown): NonNullable<Proposal['thresholds']> {
  const given = recordOf(value);
  return Object.fromEntries(
    thresholdNames.flatMap((name) => (typeof given[name] === 'number' ? [[name, given[name]]] : [])),
  );
}

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

const entryOf = (given: Given): readonly Entry[] =>
  keyOf(given).map((key) => ({
    ...key,
    authenticated: given['authenticated'] === true,
    ...(typeof given['expires'] === 'string' ? { expires: given['expires'] } : {}),
    ...(typeof given['note'] === 'string' ? { note: given['note'] } : {}),
  }));
