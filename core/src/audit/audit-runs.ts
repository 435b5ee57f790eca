/** An audit in runs that are worked on at once, although a chain is followed from one decision to the next. */
import type { Pace, Replayer, Run } from '../replay/questions.ts';
import { type Audit, mergeAudits, none } from './audit-decisions.ts';
import { type FollowFrom, goesOn } from './follow-chains.ts';

interface AuditedRuns extends FollowFrom {
  readonly domainId: string;
  /** Consecutive, at least one. */
  readonly runs: readonly Run[];
}

/**
 * As `auditDecisions` over all runs in one. Each run believes the first link of each edge; where that does not go on where
 * the chains stood before, the run is gone over again with what is known by then. Throws as `Replayer` says.
 */
export async function auditRuns(
  replayer: Replayer,
  { domainId, runs, heads = {}, isOpen }: AuditedRuns,
  pace: Pace,
): Promise<Audit> {
  const question = { domainId };
  let audit: Audit = { ...nothing, heads };
  let place = 0;
  for await (const answer of replayer.answers('audit', question, runs, pace)) {
    const run = runs[place];
    if (run === undefined) break;
    place += 1;
    const chains = { heads: audit.heads, isOpen };
    const isRight = goesOn(chains, answer.firsts);
    const later = isRight
      ? answer
      : await again(replayer.answers('audit', question, [{ ...run, chains }], pace));
    audit = mergeAudits(audit, later);
  }
  return audit;
}

/** The one answer to one run. */
async function again(answers: AsyncIterable<Audit>): Promise<Audit> {
  for await (const answer of answers) return answer;
  throw new Error('a run has an answer');
}

const nothing: Audit = {
  counts: none,
  notes: [],
  problems: [],
  problemCount: 0,
  firsts: {},
  heads: {},
};
