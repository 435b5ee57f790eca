/**
 * Questions to the recorded decisions of a domain, as data: what a thread has to know to answer them, and no more. They are
 * answered run by run; the answers of neighbouring runs put together in their order are the answer for both.
 */
import type { Audit } from '../audit/audit-decisions.ts';
import type { ChainHead } from '../kernel/chain.ts';
import type { Policy } from '../policy/policy.ts';
import type { Incident } from './incident.ts';
import type { ModelVersionsFound, ModelVersionsSetting } from './model-versions.ts';
import type { UndoneMail, UndoReport } from './undo.ts';
import type { WhatIfReport } from './what-if.ts';

/** By kind. */
export interface ReplayQuestions {
  readonly 'what-if': {
    readonly domainId: string;
    /** What the proposal is compared with; missing: the policy of each mail's time. */
    readonly against?: Policy;
    readonly proposed: Policy;
    readonly since: string;
    readonly samples: number;
  };
  readonly undo: {
    readonly domainId: string;
    readonly incident: Incident;
    readonly since: string;
    readonly until: string;
    readonly samples: number;
  };
  readonly audit: { readonly domainId: string };
  readonly 'model-versions': ModelVersionsSetting & { readonly domainId: string };
}

export interface ReplayAnswers {
  readonly 'what-if': WhatIfReport;
  readonly undo: UndoFound;
  readonly audit: Audit;
  readonly 'model-versions': ModelVersionsFound;
}

export interface UndoFound {
  readonly report: UndoReport;
  /** What can be released, in the order of the log. */
  readonly mails: readonly FoundMail[];
}

export interface FoundMail {
  readonly mail: UndoneMail;
  /** Whether a virus was found in it. */
  readonly hasVirus: boolean;
}

export type QuestionKind = keyof ReplayQuestions;

/** Consecutive decisions, by their revisions in `decisions-<domainId>`: `from` included, `to` not. */
export interface Run {
  readonly from: number;
  readonly to: number;
  /** Of an audit: where the chains stood before, see `AuditRange`. Missing: the first link of each edge is believed. */
  readonly chains?: { readonly heads: Readonly<Record<string, ChainHead>>; readonly isOpen: boolean };
}

/** Consecutive runs, each of `length` decisions at most; at least one, if only an empty one. */
export function runsBetween(from: number, to: number, length: number): readonly Run[] {
  const runs: Run[] = [];
  for (let begin = from; begin < to; begin += length) {
    runs.push({ from: begin, to: Math.min(to, begin + length) });
  }
  return runs.length === 0 ? [{ from, to: from }] : runs;
}

/** Whoever waits for a replay. */
export interface Pace {
  readonly signal: AbortSignal;
  /** Lets others have their turn; called every few milliseconds of work. */
  breathe(): Promise<void>;
}

/** Goes over recorded decisions, here or in several threads. */
export interface Replayer {
  /**
   * The answers of the runs, in their order; worked on ahead of whoever takes them. Throws StoreUnavailable, ReplayFailed
   * where it could not be worked out for a fault of ours, or why the signal aborted.
   */
  answers<K extends QuestionKind>(
    kind: K,
    question: ReplayQuestions[K],
    runs: readonly Run[],
    pace: Pace,
  ): AsyncIterable<ReplayAnswers[K]>;
}

/** Thrown where a replay ended before it was done. */
export class ReplayFailed extends Error {
  override readonly name = 'ReplayFailed';
}
