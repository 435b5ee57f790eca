/** Going over the recorded decisions of a domain: mail by mail, with progress, until the end or until it is cancelled. */
import { decisionCount, firstRevisionSince } from '../replay/read-decisions.ts';
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
