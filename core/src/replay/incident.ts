/** What was wrong for a while, and a policy without it. */
import { checkNamed } from '../checks/registry.ts';
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { ListKey } from '../domain/domain.ts';
import { isSameEntry } from '../domain/evolve.ts';
import { settingsOf } from '../judge/judge.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { CheckPolicy, ListEntry, Policy } from '../policy/policy.ts';

/** What was wrong. */
export type Incident =
  /** A check said what it should not have. `zone`: only this DNS list of it. */
  | { readonly kind: 'check'; readonly check: string; readonly zone?: string }
  /** An entry of the domain's lists, as it was written. */
  | { readonly kind: 'entry'; readonly entry: ListKey }
  /** A check judged by this version of its model. */
  | { readonly kind: 'model'; readonly check: string; readonly version: string };

/** “check dnsbl (zen.example)”, “the block entry x.example”, “model 7 of bayes”. */
export function incidentText(incident: Incident): string {
  switch (incident.kind) {
    case 'check':
      return incident.zone === undefined
        ? `check ${incident.check}`
        : `check ${incident.check} (${incident.zone})`;
    case 'entry': {
      const { action, pattern, mailbox } = incident.entry;
      return `the ${action} entry ${pattern}${mailbox === undefined ? '' : ` for ${mailbox}`}`;
    }
    case 'model':
      return `model ${incident.version} of ${incident.check}`;
    default:
      return incident satisfies never;
  }
}

export type Removal = (data: Pick<MailJudgedData, 'facts'>, policy: Policy) => Policy | undefined;

/** The policy without what was wrong; undefined where that had no part in the decision. */
export function createRemoval(incident: Incident): Removal {
  switch (incident.kind) {
    case 'entry':
      return withChangedPolicy((policy) => withoutEntry(policy, incident.entry));
    case 'check':
      return incident.zone === undefined
        ? withChangedPolicy((policy) => withoutCheck(policy, incident.check))
        : withChangedPolicy((policy) => withoutZone(policy, incident.check, incident.zone ?? ''));
    case 'model': {
      const remove = withChangedPolicy((policy) => withoutCheck(policy, incident.check));
      return (data, policy) =>
        versionOf(data.facts[incident.check]) === incident.version ? remove(data, policy) : undefined;
    }
    default:
      return incident satisfies never;
  }
}

/** One changed policy for each, so that parsed settings are remembered by them. */
function withChangedPolicy(change: (policy: Policy) => Policy | undefined): Removal {
  const changed = new WeakMap<Policy, { readonly policy: Policy | undefined }>();
  return (_, policy) => {
    const known = changed.get(policy) ?? { policy: change(policy) };
    changed.set(policy, known);
    return known.policy;
  };
}

/** A check that is off has no finding; its facts stay, for those that other checks read. */
function withoutCheck(policy: Policy, check: string): Policy | undefined {
  const { [check]: removed, ...checks } = policy.checks;
  return removed === undefined || removed.mode === 'off' ? undefined : { ...policy, checks };
}

function withoutEntry(policy: Policy, entry: ListKey): Policy | undefined {
  const isOther = (one: ListEntry): boolean => !isSameEntry(one, entry);
  const lists = policy.lists.filter(isOther);
  return lists.length === policy.lists.length ? undefined : { ...policy, lists };
}

/** Of a check whose settings have `zones`. */
function withoutZone(policy: Policy, check: string, zone: string): Policy | undefined {
  const before: CheckPolicy | undefined = policy.checks[check];
  if (before === undefined || before.mode === 'off') return undefined;
  const settings = removeZone(writtenOut(check, before), zone);
  return { ...policy, checks: { ...policy.checks, [check]: { ...before, settings } } };
}

/** With the defaults that the settings leave to the check. */
function writtenOut(name: string, policy: CheckPolicy): JsonObject {
  const check = checkNamed(name);
  const parsed = check === undefined ? undefined : settingsOf(check, policy);
  return parsed === undefined ? policy.settings : (parsed.value as JsonObject);
}

function removeZone(settings: JsonObject, zone: string): JsonObject {
  const zones = settings['zones'];
  if (!Array.isArray(zones)) return settings;
  return { ...settings, zones: zones.filter((one) => zoneName(one) !== zone.toLowerCase()) };
}

const zoneName = (entry: Json): string | undefined => {
  if (typeof entry === 'string') return entry.toLowerCase();
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return undefined;
  const { zone } = entry as JsonObject;
  return typeof zone === 'string' ? zone.toLowerCase() : undefined;
};

/** A check that judges by a model names its version in its facts. */
export function versionOf(gathered: unknown): string | undefined {
  const { fact } = (gathered ?? {}) as { readonly fact?: unknown };
  const { model } = (fact ?? {}) as { readonly model?: unknown };
  return typeof model === 'string' || typeof model === 'number' ? String(model) : undefined;
}
