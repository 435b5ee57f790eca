/** Where two judgements of one mail part: recipients who would have got it and now would not, or the other way round. */
import { reasonTitle } from '../checks/registry.ts';
import { verdictSentence } from '../judge/explain.ts';
import type { Judgement, RecipientJudgement, Verdict } from '../judge/verdict.ts';
import { type Policy, thresholdsFor } from '../policy/policy.ts';

/** A recipient under both. */
export interface Flip {
  readonly before: RecipientJudgement;
  readonly after: RecipientJudgement;
  /** Place in the envelope, from 0. */
  readonly place: number;
}

/** Recipients by what became of them; the first of a kind stands for the mail. */
export interface Flips {
  /** Refused, held or put off before, taken after. */
  readonly accepted: readonly Flip[];
  /** The other way round. */
  readonly refused: readonly Flip[];
  /** Another verdict or reason on the same side, such as held instead of refused. */
  readonly otherwise: readonly Flip[];
}

const isThrough = (verdict: Verdict): boolean => verdict === 'accept' || verdict === 'tag';

/** Whether the recipient gets it. An imported mail counts as what it would have been. */
const isTaken = ({
  verdict,
  reason,
  otherwise,
}: Pick<RecipientJudgement, 'verdict' | 'reason' | 'otherwise'>): boolean =>
  reason === 'imported' ? otherwise === undefined || isThrough(otherwise) : isThrough(verdict);

/** Both of the same mail, so that recipients stand in the same order. */
export function flipsOf(before: Judgement, after: Judgement): Flips {
  const flips: Record<keyof Flips, Flip[]> = { accepted: [], refused: [], otherwise: [] };
  for (const [place, was] of before.recipients.entries()) {
    const is = after.recipients[place];
    const kind = is === undefined ? undefined : kindOf(was, is);
    if (is !== undefined && kind !== undefined) flips[kind].push({ before: was, after: is, place });
  }
  return flips;
}

function kindOf(was: RecipientJudgement, is: RecipientJudgement): keyof Flips | undefined {
  if (isTaken(was) !== isTaken(is)) return isTaken(is) ? 'accepted' : 'refused';
  return was.verdict === is.verdict && was.reason === is.reason ? undefined : 'otherwise';
}

/** What a refusal came from. */
export interface Cause {
  readonly check: string;
  /** decided: alone and at once; counted: its points were in the sum. */
  readonly role: 'decided' | 'counted';
  /** Zones or results behind it, where the check tells them. */
  readonly sources: readonly string[];
}

export function causesOf({ findings }: Pick<RecipientJudgement, 'findings'>): readonly Cause[] {
  const decisive = findings.find((finding) => finding.decisive === true);
  if (decisive !== undefined) {
    return [{ check: decisive.check, role: 'decided', sources: decisive.sources ?? [] }];
  }
  return findings.flatMap(({ check, score, sources = [] }): Cause[] =>
    score > 0 ? [{ check, role: 'counted', sources }] : [],
  );
}

/** Reason of a refusal; of one that was turned into a held mail for the sake of the others, what it was itself. */
export const reasonOf = ({ reason, findings }: RecipientJudgement): string =>
  reason === 'split-verdict'
    ? (findings.find((finding) => finding.decisive === true)?.reason ?? reason)
    : reason;

/** One side of a flip, for people. */
export interface SideView {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly title: string;
  readonly score: number;
  readonly sentence: string;
}

export function sideView(
  side: RecipientJudgement,
  policy: Pick<Policy, 'thresholds' | 'mailboxThresholds'>,
): SideView {
  const { verdict, score } = side;
  const reason = reasonOf(side);
  const sentence = verdictSentence(side, thresholdsFor(policy, side.recipient));
  return { verdict, reason, title: reasonTitle(reason), score, sentence };
}
