/** Facts and a policy in, a judgement out: total and pure. Replay, what-if, undo and audit are this function. */
import type { AnyCheck, Envelope, Gathered, JudgeView } from '../checks/check.ts';
import { patternOf } from '../checks/lists.ts';
import { allChecks } from '../checks/registry.ts';
import { matchesAddress, matchesIp } from '../policy/pattern.ts';
import { type CheckPolicy, type ListEntry, type Policy, thresholdsFor } from '../policy/policy.ts';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import { withRescues } from './rescue.ts';
import { decideRecipient, keepImported, settle } from './table.ts';
import type { Finding, FindingResult, Judgement } from './verdict.ts';

/** Raised with every change that can give another verdict for the same facts and policy. */
export const engineVersion = 1;

/** All that is recorded of one mail for judging it, now or ever again. */
export interface MailFacts {
  readonly envelope: Envelope;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Names of the checks that ran. */
  readonly ran: readonly string[];
  /** By check name; a check that ran and is missing here found nothing. */
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
}

export function judge(mail: MailFacts, policy: Policy, checks: readonly AnyCheck[] = allChecks): Judgement {
  const ran = new Set(mail.ran);
  // Most of the list did not run or is off: this is done for every mail.
  const applied: Applied[] = [];
  for (const check of checks) {
    if (!ran.has(check.name)) continue;
    const checkPolicy = policy.checks[check.name] ?? operatorPolicy(check);
    if (checkPolicy === undefined || checkPolicy.mode === 'off') continue;
    applied.push({ check, policy: checkPolicy, fact: mail.facts[check.name] ?? unwritten(check) });
  }
  const recipients = mail.envelope.recipients.map((recipient) => {
    const view = viewFor(mail, policy, recipient.toLowerCase());
    const findings = applied.map((one) => ({
      check: one.check,
      policy: one.policy,
      finding: find(one, view),
    }));
    const decided = decideRecipient(recipient, withRescues(findings), thresholdsFor(policy, recipient));
    return mail.envelope.imported === true ? keepImported(decided) : decided;
  });
  // No one stands for whom it would be kept; kept it is.
  if (mail.envelope.imported === true && recipients.length === 0) {
    return { verdict: 'hold', reason: 'imported', score: 0, recipients };
  }
  return settle(recipients);
}

/** What a check that ran and is missing among the facts has observed. */
const unwritten = ({ byEnvelope }: AnyCheck): Gathered<unknown> =>
  byEnvelope === true ? { status: 'observed', fact: {} } : { status: 'nothing' };

const operatorPolicies = new Map<AnyCheck, CheckPolicy>();

/** What the operator's checks saw belongs to the story of a mail; they have acted long before, and count no more. */
function operatorPolicy(check: AnyCheck): CheckPolicy | undefined {
  if (check.scope !== 'service') return undefined;
  const known = operatorPolicies.get(check);
  if (known !== undefined) return known;
  const policy: CheckPolicy = { mode: 'observe', weight: 0, onError: 'ignore', exempt: [], settings: {} };
  operatorPolicies.set(check, policy);
  return policy;
}

function viewFor(mail: MailFacts, policy: Policy, recipient: string): JudgeView {
  const lists: { mailbox: ListEntry[]; domain: ListEntry[] } = { mailbox: [], domain: [] };
  for (const entry of policy.lists) {
    if (entry.mailbox === undefined) lists.domain.push(entry);
    else if (entry.mailbox === recipient) lists.mailbox.push(entry);
  }
  return {
    envelope: mail.envelope,
    recipient,
    receivedAt: mail.receivedAt,
    lists: { ...lists, service: policy.serviceLists },
    spf: observedFact<SpfObservation>(mail.facts['spf']),
    dkim: observedFact<{ readonly signatures: readonly DkimSignature[] }>(mail.facts['dkim'])?.signatures,
  };
}

const observedFact = <T>(fact: Gathered<unknown> | undefined): T | undefined =>
  fact?.status === 'observed' ? (fact.fact as T) : undefined;

interface Applied {
  readonly check: AnyCheck;
  readonly policy: CheckPolicy;
  readonly fact: Gathered<unknown>;
}

function find(applied: Applied, view: JudgeView): Finding {
  const { check, policy, fact } = applied;
  const finding = (result: FindingResult, sentence: string): Finding => ({
    check: check.name,
    mode: policy.mode === 'off' ? 'observe' : policy.mode,
    score: 0,
    result,
    sentence,
  });
  const exempt = exemption(policy, view);
  if (exempt !== undefined) return finding('exempt', `Left alone: ${exempt} is exempt from this check.`);
  switch (fact.status) {
    case 'nothing':
      return finding('none', 'There was nothing to look at.');
    case 'skipped':
      return finding('skipped', skipped[fact.why]);
    case 'not-configured':
      return finding('not-configured', 'Not made: this part of the service is not configured.');
    case 'error':
      return finding('error', `Could not be made: ${fact.message}.`);
    case 'observed':
      return conclude(applied, view, finding);
    default:
      return fact satisfies never;
  }
}

function conclude(
  { check, policy, fact }: Applied,
  view: JudgeView,
  finding: (result: FindingResult, sentence: string) => Finding,
): Finding {
  const settings = settingsOf(check, policy);
  if (settings === undefined) return finding('error', 'Could not be made: its settings cannot be read.');
  try {
    const concluded = check.judge(observedFact<unknown>(fact), settings.value, view);
    const points = concluded.score ?? policy.weight;
    return {
      ...finding(concluded.result, concluded.sentence),
      score: concluded.result === 'fail' && policy.mode === 'score' ? points : 0,
      ...(concluded.reason === undefined ? {} : { reason: concluded.reason }),
      ...(concluded.list === undefined ? {} : { list: concluded.list }),
      ...(concluded.rescues === undefined ? {} : { rescues: concluded.rescues }),
      ...(concluded.sources === undefined ? {} : { sources: concluded.sources }),
    };
  } catch (error) {
    // Total by contract: a check that breaks on a fact is an error of that check, not of the judge.
    return finding('error', `Could not be made: the check broke (${String(error).slice(0, 200)}).`);
  }
}

const parsedSettings = new WeakMap<CheckPolicy, { readonly value: unknown } | undefined>();

/** Settings with their defaults, parsed once per policy; undefined where they do not fit the schema. */
export function settingsOf(check: AnyCheck, policy: CheckPolicy): { readonly value: unknown } | undefined {
  if (parsedSettings.has(policy)) return parsedSettings.get(policy);
  const parsed = check.settings.safeParse(policy.settings);
  const settings = parsed.success ? { value: parsed.data } : undefined;
  parsedSettings.set(policy, settings);
  return settings;
}

function exemption(policy: CheckPolicy, view: JudgeView): string | undefined {
  return policy.exempt.find((text) => {
    const pattern = patternOf(text);
    if (pattern === undefined) return false;
    return matchesIp(pattern, view.envelope.ip) || matchesAddress(pattern, view.envelope.sender);
  });
}

const skipped = {
  'private-client': 'Not made: the client has a private or loopback address, about which this says nothing.',
  'null-sender': 'Not made: the mail has the null sender.',
};
