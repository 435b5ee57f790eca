/** A judgement in plain words: one sentence for the verdict, and what the sender was told. */
import { allReasons, checkTitle, reasonTitle } from '../checks/registry.ts';
import { verdictReply } from '../edge/reply.ts';
import { type Policy, type Thresholds, thresholdsFor } from '../policy/policy.ts';
import type { Judgement, RecipientJudgement, Verdict } from './verdict.ts';

const opening: Readonly<Record<Verdict, string>> = {
  accept: 'Accepted',
  tag: 'Accepted and marked',
  hold: 'Held in the quarantine',
  reject: 'Refused',
  defer: 'Put off',
};

/** “Refused: 192.0.2.1 is on the domain's block list (192.0.2.0/24).” */
export function verdictSentence(judgement: RecipientJudgement, thresholds: Thresholds): string {
  if (judgement.reason === 'imported') return importedSentence(judgement, thresholds);
  return sentence(judgement, opening[judgement.verdict], thresholds);
}

/** “Imported from an archive; the checks found nothing against it.”, or what it would have been and why. */
function importedSentence(judgement: RecipientJudgement, thresholds: Thresholds): string {
  const counted = judgement.findings.some(({ decisive, score }) => decisive === true || score > 0);
  if (!counted) return 'Imported from an archive; the checks found nothing against it.';
  const would = `Imported from an archive; it would have been ${conditional[judgement.otherwise ?? 'accept']}`;
  return sentence(judgement, would, thresholds);
}

const conditional: Readonly<Record<Verdict, string>> = {
  accept: 'accepted',
  tag: 'accepted and marked',
  hold: 'held in the quarantine',
  reject: 'refused',
  defer: 'put off',
};

function sentence(judgement: RecipientJudgement, start: string, thresholds: Thresholds): string {
  const decisive = judgement.findings.find((finding) => finding.decisive === true);
  if (decisive !== undefined) return `${start}: ${decisive.sentence}`;
  const counted = judgement.findings.filter((finding) => finding.score > 0);
  const split = 'the mail went to several mailboxes, and not all of them take it';
  const isSplit = judgement.reason === 'split-verdict';
  if (counted.length === 0) return `${start}: ${isSplit ? split : 'nothing counted against it'}.`;
  const points = counted.map((finding) => `${checkTitle(finding.check)} ${finding.score}`).join(', ');
  const sum = judgement.score === 1 ? '1 point' : `${judgement.score} points`;
  return `${start}: ${isSplit ? `${split}; ` : ''}${sum} (${points}); ${limits(thresholds)}.`;
}

/**
 * The recorded verdict of the whole mail, in the words of a recipient for whom it came to the same. Where judging again
 * comes to another verdict, the name of the reason has to do.
 */
export function mailSentence(
  { verdict, reason }: { readonly verdict: Verdict; readonly reason: string },
  judgement: Judgement,
  policy: Pick<Policy, 'thresholds' | 'mailboxThresholds'>,
): string {
  const same = judgement.recipients.find((one) => one.verdict === verdict && one.reason === reason);
  return same === undefined
    ? `${opening[verdict]}: ${reasonTitle(reason)}.`
    : verdictSentence(same, thresholdsFor(policy, same.recipient));
}

const limits = ({ tag, hold, reject }: Thresholds): string =>
  `mail is marked from ${tag}, held from ${hold} and refused from ${reject} points`;

/** The SMTP reply, as the sender saw it; where its reason is not known here, as much of it as is. */
export function replyText(reason: string, verdict: Verdict, mailId: string): string {
  if (verdict === 'reject' && !Object.hasOwn(allReasons, reason)) {
    return `a refusal (5xx) in the words of a check that is not installed here (id ${mailId})`;
  }
  const { code, enhanced = '', text } = verdictReply(verdict, reason, mailId);
  return `${code} ${enhanced} ${text}`;
}
