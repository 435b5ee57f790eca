/** A judgement in plain words: one sentence for the verdict, and what the sender was told. */
import { replyFor } from '../checks/registry.ts';
import type { Thresholds } from '../policy/policy.ts';
import type { RecipientJudgement, Verdict } from './verdict.ts';

const opening: Readonly<Record<Verdict, string>> = {
  accept: 'Accepted',
  tag: 'Accepted and marked',
  hold: 'Held in the quarantine',
  reject: 'Refused',
  defer: 'Put off',
};

/** “Refused: 192.0.2.1 is on the domain's block list (192.0.2.0/24).” */
export function verdictSentence(judgement: RecipientJudgement, thresholds: Thresholds): string {
  const start = opening[judgement.verdict];
  const decisive = judgement.findings.find((finding) => finding.decisive === true);
  if (decisive !== undefined) return `${start}: ${decisive.sentence}`;
  if (judgement.reason === 'split-verdict') {
    return `${start}: the mail went to several mailboxes, and not all of them take it.`;
  }
  const counted = judgement.findings.filter((finding) => finding.score > 0);
  if (counted.length === 0) return `${start}: nothing counted against it.`;
  const points = counted.map((finding) => `${finding.check} ${finding.score}`).join(', ');
  return `${start}: ${judgement.score} points (${points}); ${limits(thresholds)}.`;
}

const limits = ({ tag, hold, reject }: Thresholds): string =>
  `mail is marked from ${tag}, held from ${hold} and refused from ${reject} points`;

/** The SMTP reply, as the sender saw it. */
export function replyText(reason: string, verdict: Verdict, mailId: string): string {
  const { code, enhanced, text } = replyFor(verdict === 'hold' || verdict === 'tag' ? 'clean' : reason);
  return `${code} ${enhanced} ${text} (id ${mailId})`;
}
