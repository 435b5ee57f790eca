/** Goes through the recorded decisions of a domain: is each what it was, in its place, and judged the same again? */
import type { ChainHead, ChainLink } from '../kernel/chain.ts';
import type { PolicyAt } from '../replay/judge-again.ts';
import { readDecisions, type DecisionLog, type RecordedDecision } from '../replay/read-decisions.ts';
import {
  auditResults,
  compareDecision,
  type AuditResult,
  type Compared,
  type Difference,
} from './compare.ts';
import { createChainFollower, type ChainProblem } from './follow-chains.ts';

export interface AuditRange {
  readonly domainId: string;
  /** Revisions in `decisions-<domainId>`: included, excluded. */
  readonly from: number;
  readonly to: number;
  /** Where the chains stood before `from`, as far as that is known. */
  readonly heads?: Readonly<Record<string, ChainHead>>;
  /** True where earlier decisions are not looked at: the first link of an edge that is not in `heads` is believed. */
  readonly isOpen: boolean;
  readonly signal?: AbortSignal;
}

/** A decision that is not as it should be. */
export interface AuditNote {
  readonly revision: number;
  readonly mailId: string;
  readonly at: string;
  readonly result: Exclude<AuditResult, 'same' | 'erased'>;
  readonly difference?: Difference;
}

export type AuditCounts = Readonly<Record<AuditResult, number>>;

export interface Audit {
  /** How many decisions came to what. */
  readonly counts: AuditCounts;
  /** The first of those that are not as they should be; all are in `counts`. */
  readonly notes: readonly AuditNote[];
  /** The first faults of the chains, and how many there are. */
  readonly problems: readonly ChainProblem[];
  readonly problemCount: number;
  /** The first link of each edge. */
  readonly firsts: Readonly<Record<string, ChainLink>>;
  /** Where the chains stand now. */
  readonly heads: Readonly<Record<string, ChainHead>>;
}

/** Kept of each kind: a log that is wrong throughout is shown by its beginning. */
const maxKept = 100;

export async function auditDecisions(
  log: DecisionLog,
  policies: PolicyAt,
  range: AuditRange,
): Promise<Audit> {
  const { domainId, from, to, heads = {}, isOpen, signal } = range;
  const follower = createChainFollower({ isOpen, heads });
  const counts: Record<AuditResult, number> = { ...none };
  const notes: AuditNote[] = [];
  const problems: ChainProblem[] = [];
  let problemCount = 0;

  const look = (decision: RecordedDecision): void => {
    const problem = follower.step(decision.recorded);
    if (problem !== undefined) {
      problemCount += 1;
      if (problems.length < maxKept) problems.push(problem);
    }
    const compared = compareDecision(decision, policies);
    counts[compared.result] += 1;
    const note = noteOf(decision, compared);
    if (note !== undefined && notes.length < maxKept) notes.push(note);
  };

  const options = { from, limit: Math.max(0, to - from), ...(signal === undefined ? {} : { signal }) };
  for await (const batch of readDecisions(log, domainId, options)) for (const one of batch) look(one);
  return { counts, notes, problems, problemCount, firsts: follower.firsts(), heads: follower.heads() };
}

/** Audits of neighbouring decisions put together; that of the later ones knew where the chains stood after the earlier ones. */
export const mergeAudits = (earlier: Audit, later: Audit): Audit => ({
  counts: addCounts(earlier.counts, later.counts),
  notes: [...earlier.notes, ...later.notes].slice(0, maxKept),
  problems: [...earlier.problems, ...later.problems].slice(0, maxKept),
  problemCount: earlier.problemCount + later.problemCount,
  firsts: { ...later.firsts, ...earlier.firsts },
  heads: { ...earlier.heads, ...later.heads },
});

function addCounts(earlier: AuditCounts, later: AuditCounts): AuditCounts {
  const sum: Record<AuditResult, number> = { ...earlier };
  for (const result of auditResults) sum[result] += later[result];
  return sum;
}

export const none: AuditCounts = { same: 0, engine: 0, differs: 0, erased: 0, altered: 0, unjudged: 0 };

function noteOf(
  { revision, mailId, at }: RecordedDecision,
  { result, difference }: Compared,
): AuditNote | undefined {
  if (result === 'same' || result === 'erased') return undefined;
  return { revision, mailId, at, result, ...(difference === undefined ? {} : { difference }) };
}
