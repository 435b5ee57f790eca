/** Going over the recorded decisions of a domain: mail by mail, with progress, until the end or until it is cancelled. */
import {
  decisionCount,
  firstRevisionSince,
  readDecisions,
  type RecordedDecision,
} from '../replay/read-decisions.ts';
import {
  type Pace,
  type QuestionKind,
  type ReplayAnswers,
  type ReplayQuestions,
  runsBetween,
} from '../replay/questions.ts';
import { createReplayer } from './answer-runs.ts';
import type { CommandContext, CommandPorts } from './context.ts';

export interface ReplayProgress {
  /** Decisions gone over so far, and how many there are to go over. */
  readonly read: number;
  readonly total: number;
}

/** Whoever waits for a replay. */
export interface ReplayWatch extends Pace {
  progress(progress: ReplayProgress): void;
}

export interface ReplayRange {
  /** ISO 8601, by the log's time. `since` is included, `until` is not; default: to the last one there is now. */
  readonly since: string;
  readonly until?: string;
}

/** A tenth of a second of work: progress is seen, and to begin a run costs little beside it. */
export const runLength = 1_000;

/** Hands on the answers of all runs of a range, in order. False where it was cancelled. Throws StoreUnavailable or ReplayFailed. */
export async function askRuns<K extends QuestionKind>(
  { ports }: Pick<CommandContext, 'ports'>,
  asked: Asked<K>,
  watch: ReplayWatch,
  take: (answer: ReplayAnswers[K]) => void,
): Promise<boolean> {
  try {
    await askAllRuns(ports, asked, watch, take);
  } catch (error) {
    // A read that is cancelled is cut off.
    if (!watch.signal.aborted) throw error;
  }
  return !watch.signal.aborted;
}

interface Asked<K extends QuestionKind> {
  readonly kind: K;
  readonly question: ReplayQuestions[K];
  readonly range: ReplayRange;
}

async function askAllRuns<K extends QuestionKind>(
  ports: CommandPorts,
  { kind, question, range }: Asked<K>,
  watch: ReplayWatch,
  take: (answer: ReplayAnswers[K]) => void,
): Promise<void> {
  const { from, end } = await revisionsOf(ports, question.domainId, range);
  const total = end - from;
  watch.progress({ read: 0, total });
  const { replayer = createReplayer(ports) } = ports;
  let read = 0;
  for await (const answer of replayer.answers(kind, question, runsBetween(from, end, runLength), watch)) {
    if (watch.signal.aborted) return;
    take(answer);
    read = Math.min(total, read + runLength);
    watch.progress({ read, total });
  }
}

/** `from` included, `end` not. */
async function revisionsOf(
  { store }: Pick<CommandPorts, 'store'>,
  domainId: string,
  { since, until }: ReplayRange,
): Promise<{ readonly from: number; readonly end: number }> {
  const from = await firstRevisionSince(store, domainId, since);
  const end =
    until === undefined
      ? await decisionCount(store, domainId)
      : await firstRevisionSince(store, domainId, until);
  return { from, end: Math.max(from, end) };
}

/** Decisions between two breaths. */
const atOnce = 64;

/** False where it was cancelled. Throws StoreUnavailable. */
export async function goOver(
  context: Pick<CommandContext, 'ports'>,
  scope: { readonly domainId: string; readonly range: ReplayRange },
  watch: ReplayWatch,
  take: (decision: RecordedDecision) => void,
): Promise<boolean> {
  try {
    await goOverAll(context, scope, watch, take);
  } catch (error) {
    // A read that is cancelled is cut off.
    if (!watch.signal.aborted) throw error;
  }
  return !watch.signal.aborted;
}

async function goOverAll(
  { ports }: Pick<CommandContext, 'ports'>,
  { domainId, range }: { readonly domainId: string; readonly range: ReplayRange },
  watch: ReplayWatch,
  take: (decision: RecordedDecision) => void,
): Promise<void> {
  const { signal } = watch;
  const { from, end } = await revisionsOf(ports, domainId, range);
  const total = end - from;
  let read = 0;
  watch.progress({ read, total });
  if (total === 0) return;
  for await (const batch of readDecisions(ports, domainId, { from, limit: total, signal })) {
    for (const decision of batch) {
      if (read % atOnce === 0) await watch.breathe();
      if (signal.aborted) return;
      take(decision);
      read += 1;
    }
    watch.progress({ read, total });
  }
}
