/** What would have changed a verdict: single changes, each tried by judging again with it, so that no claim is a guess. */
import type { AnyCheck } from '../checks/check.ts';
import { allChecks } from '../checks/registry.ts';
import { parsePattern, patternText } from '../policy/pattern.ts';
import type { Policy } from '../policy/policy.ts';
import { type Change, withChange } from './change.ts';
import { judge, type MailFacts } from './judge.ts';
import type { Finding, Judgement, RecipientJudgement, Verdict } from './verdict.ts';
import { wouldSentence } from './would-sentence.ts';

/** A change with which the recipient would have had another verdict. */
export interface Alternative {
  readonly change: Change;
  readonly verdict: Verdict;
  /** “Without “DNS block lists” (4 points) the sum would be 6.5, below 7 from which mail is held: it would have been accepted.” */
  readonly sentence: string;
}

/** What a recipient's mail came to; of an imported one: what it would have come to. */
export const outcomeOf = ({ verdict, reason, otherwise }: RecipientJudgement): Verdict =>
  reason === 'imported' ? (otherwise ?? verdict) : verdict;

/**
 * For each recipient, in the order of the envelope, the changes that would have given it another verdict. Every change is
 * judged once, however many recipients there are.
 */
export function alternativesOf(
  mail: MailFacts,
  policy: Policy,
  checks: readonly AnyCheck[] = allChecks,
): readonly (readonly Alternative[])[] {
  const judged = new Map<string, Judgement>();
  const judgeWith = (change: Change): Judgement => {
    const key = JSON.stringify(change);
    const changed = withChange(mail, policy, change);
    const judgement = judged.get(key) ?? judge(changed.mail, changed.policy, checks);
    judged.set(key, judgement);
    return judgement;
  };
  const isPartial = checks.some(({ name, immediate, scope }) => {
    const isOn = (policy.checks[name]?.mode ?? 'off') !== 'off' && scope !== 'service' && immediate !== true;
    return isOn && !mail.ran.includes(name);
  });

  return judge(mail, policy, checks).recipients.map((before, place) => {
    const flips = (change: Change): readonly Alternative[] => {
      const after = judgeWith(change).recipients[place];
      if (after === undefined || outcomeOf(after) === outcomeOf(before)) return [];
      // An entry that would only have brought something else about is no advice.
      if (change.kind === 'allow' && outcomeOf(after) !== 'accept') return [];
      const sentence = wouldSentence({ change, before, after, policy, isPartial });
      return [{ change, verdict: outcomeOf(after), sentence }];
    };
    return [
      ...before.findings.flatMap((one) => changesOf(one, before, checks)),
      ...thresholdChange(policy, before),
    ]
      .flatMap(flips)
      .concat(allowing(mail, before, flips));
  });
}

function changesOf(
  finding: Finding,
  before: RecipientJudgement,
  checks: readonly AnyCheck[],
): readonly Change[] {
  const { check, list } = finding;
  if (list !== undefined && finding.decisive === true) {
    const mailbox = list.scope === 'mailbox' ? { mailbox: before.recipient.toLowerCase() } : {};
    return [{ kind: 'without-entry', entry: list, ...mailbox }];
  }
  if (hasCounted(finding)) return [{ kind: 'without-check', check }];
  return couldCount(finding, checks) ? [{ kind: 'counting', check }] : [];
}

const hasCounted = ({ decisive = false, score, rescues = [], mode }: Finding): boolean =>
  decisive || score !== 0 || (rescues.length > 0 && mode !== 'observe');

const couldCount = ({ check, result, mode }: Finding, checks: readonly AnyCheck[]): boolean =>
  result === 'fail' &&
  mode === 'observe' &&
  checks.find(({ name }) => name === check)?.modes.includes('score') === true;

const thresholdChange = (policy: Policy, { recipient }: RecipientJudgement): readonly Change[] =>
  Object.hasOwn(policy.mailboxThresholds ?? {}, recipient.toLowerCase())
    ? [{ kind: 'domain-thresholds' }]
    : [];

/** Where an entry of the domain does not do, because the mailbox itself blocks the sender, one of the mailbox may. */
function allowing(
  { envelope }: MailFacts,
  before: RecipientJudgement,
  flips: (change: Change) => readonly Alternative[],
): readonly Alternative[] {
  if (outcomeOf(before) === 'accept') return [];
  const parsed = parsePattern(envelope.sender === '' ? envelope.ip : envelope.sender);
  if (!parsed.ok) return [];
  const pattern = patternText(parsed.value);
  const byDomain = flips({ kind: 'allow', pattern, scope: 'domain' });
  return byDomain.length > 0 ? byDomain : flips({ kind: 'allow', pattern, scope: 'mailbox' });
}
