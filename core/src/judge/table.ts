/** The one table that decides, per recipient and for the whole mail: published, and never varied. */
import type { AnyCheck } from '../checks/check.ts';
import type { CheckPolicy, Thresholds } from '../policy/policy.ts';
import type { Finding, Judgement, RecipientJudgement, Verdict } from './verdict.ts';

export interface Weighed {
  readonly check: AnyCheck;
  readonly policy: CheckPolicy;
  readonly finding: Finding;
}

interface Decision {
  readonly verdict: Verdict;
  readonly reason: string;
  /** The finding that decided; undefined where the sum did, or nothing. */
  readonly by?: Finding;
}

/** Rows 1 to 4 in order; the first that says something decides. */
export function decideRecipient(
  recipient: string,
  weighed: readonly Weighed[],
  thresholds: Thresholds,
): RecipientJudgement {
  const score = round(weighed.reduce((sum, { finding }) => sum + finding.score, 0));
  const decision =
    outright(weighed.filter(({ check }) => check.standing === 'safety')) ??
    listed(weighed) ??
    outright(weighed.filter(({ check }) => check.standing === 'ordinary')) ??
    byScore(score, thresholds);
  const findings = weighed.map(({ finding }) =>
    finding === decision.by ? { ...finding, decisive: true } : finding,
  );
  return { recipient, verdict: decision.verdict, reason: decision.reason, score, findings };
}

/** Rows 1 and 3: a failed check in mode `reject`, else one in mode `defer` or one that could not be made and must be. */
function outright(weighed: readonly Weighed[]): Decision | undefined {
  const rejecting = weighed.find(({ finding }) => finding.result === 'fail' && finding.mode === 'reject');
  if (rejecting !== undefined) {
    return { verdict: 'reject', reason: rejecting.finding.reason ?? 'score-reject', by: rejecting.finding };
  }
  const deferring = weighed.find(
    ({ finding, policy }) =>
      (finding.result === 'fail' && finding.mode === 'defer') ||
      (finding.result === 'error' && finding.mode !== 'observe' && policy.onError === 'defer'),
  );
  if (deferring === undefined) return undefined;
  const { finding } = deferring;
  const reason = finding.result === 'error' ? 'check-error' : (finding.reason ?? 'check-error');
  return { verdict: 'defer', reason, by: finding };
}

const scopes = ['mailbox', 'domain', 'service'] as const;

/** Row 2: mailbox allow, mailbox block, domain allow, domain block, service allow, service block. */
function listed(weighed: readonly Weighed[]): Decision | undefined {
  const matches = weighed.filter(({ finding }) => finding.list !== undefined && finding.mode !== 'observe');
  for (const scope of scopes) {
    for (const action of ['allow', 'block'] as const) {
      const by = matches.find(
        ({ finding }) => finding.list?.scope === scope && finding.list.action === action,
      );
      if (by === undefined) continue;
      return action === 'allow'
        ? { verdict: 'accept', reason: 'allowed', by: by.finding }
        : { verdict: 'reject', reason: by.finding.reason ?? 'score-reject', by: by.finding };
    }
  }
  return undefined;
}

/** Row 4. */
function byScore(score: number, thresholds: Thresholds): Decision {
  if (score >= thresholds.reject) return { verdict: 'reject', reason: 'score-reject' };
  if (score >= thresholds.hold) return { verdict: 'hold', reason: 'score-hold' };
  if (score >= thresholds.tag) return { verdict: 'tag', reason: 'score-tag' };
  return { verdict: 'accept', reason: 'clean' };
}

const round = (score: number): number => Math.round(score * 1000) / 1000;

/**
 * Row 5, of an imported mail: it is kept in the quarantine whatever the rows above say, because nobody waits for an answer
 * and nothing is delivered. What they refuse or hold stays as it is.
 */
export function keepImported(judgement: RecipientJudgement): RecipientJudgement {
  const { verdict } = judgement;
  return isKept(verdict)
    ? judgement
    : { ...judgement, verdict: 'hold', reason: 'imported', otherwise: verdict };
}

const isKept = (verdict: Verdict): boolean => verdict === 'reject' || verdict === 'hold';

/**
 * One SMTP reply for all recipients: all reject → reject, all defer → defer, else 250: delivered to those who accept and
 * held for the rest with reason `split-verdict`, so that nobody ever gets a bounce.
 */
export function settle(recipients: readonly RecipientJudgement[]): Judgement {
  const first = recipients[0];
  const score = Math.max(0, ...recipients.map((one) => one.score));
  if (first === undefined) return { verdict: 'accept', reason: 'clean', score: 0, recipients };
  const verdicts = new Set(recipients.map((one) => one.verdict));
  const unanimous = verdicts.size === 1 ? first : undefined;
  if (unanimous !== undefined) return { verdict: first.verdict, reason: first.reason, score, recipients };
  const isTaken = (one: RecipientJudgement) => one.verdict === 'accept' || one.verdict === 'tag';
  if (recipients.every(isTaken)) {
    const tagged = recipients.find((one) => one.verdict === 'tag') ?? first;
    return { verdict: tagged.verdict, reason: tagged.reason, score, recipients };
  }
  const settled = recipients.map((one) =>
    one.verdict === 'reject' || one.verdict === 'defer'
      ? { ...one, verdict: 'hold' as const, reason: 'split-verdict' }
      : one,
  );
  return { verdict: 'hold', reason: 'split-verdict', score, recipients: settled };
}
