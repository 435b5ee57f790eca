/** Compares what was recorded of a mail with what judging it again comes to. */
import { checkBits, checkNames, type MailJudgedData, missingChecks } from '../decision/mail-judged.ts';
import { engineVersion } from '../judge/judge.ts';
import type { Judgement, Verdict } from '../judge/verdict.ts';
import { judgeAgain, type PolicyAt } from '../replay/judge-again.ts';
import type { RecordedDecision } from '../replay/read-decisions.ts';

/**
 * same: judged again it comes to what was recorded; engine: it does not, and then an older or newer judge decided, or one
 * with a check that is not installed here; differs:
 * it does not, by the same judge; erased: its key is gone; altered: it cannot be opened, so it is not what was sealed;
 * unjudged: the settings of its time cannot be read.
 */
export type AuditResult = (typeof auditResults)[number];

export const auditResults = ['same', 'engine', 'differs', 'erased', 'altered', 'unjudged'] as const;

/** A verdict with what it rests on. */
export interface Verdicts {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly score: number;
  /** A recipient each, in the order of the envelope. */
  readonly outcomes: readonly { readonly verdict: Verdict; readonly reason: string }[];
  /** Checks that failed for a recipient. */
  readonly failed: readonly string[];
}

export interface Difference {
  readonly recorded: Verdicts;
  readonly again: Verdicts;
  /** Checks that failed then or fail now, but not both, with what they say now. */
  readonly findings: readonly {
    readonly check: string;
    readonly failedThen: boolean;
    readonly sentence: string;
  }[];
  /** `engineVersion` then and now. */
  readonly engines: readonly [number, number];
}

export interface Compared {
  readonly result: AuditResult;
  readonly difference?: Difference;
}

export function compareDecision(
  decision: Pick<RecordedDecision, 'data' | 'erased' | 'at'>,
  policies: PolicyAt,
): Compared {
  const { data, erased, at } = decision;
  if (data === undefined) return { result: erased ? 'erased' : 'altered' };
  const policy = policies(data.policyRevision, data.serviceRevision);
  if (policy === undefined) return { result: 'unjudged' };
  const judgement = judgeAgain(data, policy, at);
  if (isSame(data, judgement)) return { result: 'same' };
  const difference = differenceOf(data, judgement);
  const isSameJudge = data.engine === engineVersion && missingChecks(data).length === 0;
  return { result: isSameJudge ? 'differs' : 'engine', difference };
}

function isSame(data: MailJudgedData, again: Judgement): boolean {
  return (
    data.verdict === again.verdict &&
    data.reason === again.reason &&
    data.score === again.score &&
    data.outcomes.length === again.recipients.length &&
    again.recipients.every((one, index) => {
      const outcome = data.outcomes[index];
      return outcome?.verdict === one.verdict && outcome.reason === one.reason;
    }) &&
    data.failed === failedBits(again)
  );
}

/** Nearly all mails fail the same few sets of checks, mostly none. */
function failedBits(judgement: Judgement): string {
  const failed = failedChecks(judgement);
  return failed.length === 0 ? '0' : checkBits(failed);
}

function failedChecks({ recipients }: Judgement): readonly string[] {
  const failed: string[] = [];
  for (const { findings } of recipients) {
    for (const { result, check } of findings) {
      if (result === 'fail' && !failed.includes(check)) failed.push(check);
    }
  }
  return failed;
}

function differenceOf(data: MailJudgedData, again: Judgement): Difference {
  const { verdict, reason, score } = data;
  const then = checkNames(data.failed);
  const now = failedChecks(again);
  const changed = [...new Set([...then, ...now])].filter(
    (name) => then.includes(name) !== now.includes(name),
  );
  return {
    recorded: { verdict, reason, score, outcomes: data.outcomes, failed: then },
    again: {
      verdict: again.verdict,
      reason: again.reason,
      score: again.score,
      outcomes: again.recipients.map((one) => ({ verdict: one.verdict, reason: one.reason })),
      failed: now,
    },
    findings: changed.map((check) => ({
      check,
      failedThen: then.includes(check),
      sentence: sentenceOf(again, check),
    })),
    engines: [data.engine, engineVersion],
  };
}

function sentenceOf({ recipients }: Judgement, check: string): string {
  for (const { findings } of recipients) {
    const finding = findings.find((one) => one.check === check);
    if (finding !== undefined) return finding.sentence;
  }
  return 'Not made under the settings of its time.';
}
