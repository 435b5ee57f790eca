/** A judgement explained in full, one recipient each: the same wherever a mail is shown or tried. */
import { checkNamed } from '../checks/registry.ts';
import { type Policy, type Thresholds, thresholdsFor } from '../policy/policy.ts';
import { verdictSentence } from './explain.ts';
import { groundsOf } from './grounds.ts';
import type { MailFacts } from './judge.ts';
import type { Finding, Judgement, RecipientJudgement } from './verdict.ts';
import { alternativesOf } from './would-change.ts';

export interface ExplainedFinding extends Finding {
  /** What the check is called. */
  readonly title: string;
  /** Entry, record or zone that it rests on. */
  readonly grounds: readonly string[];
}

export interface ExplainedRecipient extends RecipientJudgement {
  /** The verdict and what decided, in a sentence. */
  readonly sentence: string;
  /** That its points were measured by: its own, or the domain's. */
  readonly thresholds: Thresholds;
  readonly findings: readonly ExplainedFinding[];
  /** What would have given it another verdict, a sentence each. */
  readonly wouldChange: readonly { readonly verdict: string; readonly sentence: string }[];
}

/** `judgement`: of this mail under this policy. */
export function explainRecipients(
  mail: MailFacts,
  policy: Policy,
  judgement: Judgement,
): readonly ExplainedRecipient[] {
  const alternatives = alternativesOf(mail, policy);
  return judgement.recipients.map((one, place) => {
    const thresholds = thresholdsFor(policy, one.recipient);
    return {
      ...one,
      sentence: verdictSentence(one, thresholds),
      thresholds,
      findings: one.findings.map((finding) => ({
        ...finding,
        title: checkNamed(finding.check)?.title ?? finding.check,
        grounds: groundsOf(finding, mail.facts[finding.check]),
      })),
      wouldChange: (alternatives[place] ?? []).map(({ verdict, sentence }) => ({ verdict, sentence })),
    };
  });
}
