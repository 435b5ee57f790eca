/** Goes over recorded decisions in several threads, so that the api goes on answering and every core helps. */
import type { QuestionKind, Replayer, ReplayQuestions, Run } from '@sluice/core/replay/questions.ts';
import { createReplayer } from '@sluice/core/use-cases/answer-runs.ts';
import type { DecisionLog } from '@sluice/core/replay/read-decisions.ts';
import { createPool, type PoolOptions, type PoolQuestion } from './pool.ts';
import type { Asked } from './protocol.ts';

export interface ThreadedReplayer extends Replayer, AsyncDisposable {
  /** Ends the threads; whoever still waits is told by ReplayFailed. */
  close(): Promise<void>;
}

export interface ThreadedOptions extends PoolOptions {
  /** For what is not worth a thread. */
  readonly log: DecisionLog;
  /** Decisions from which on threads are worth their beginning. Default 3,000. */
  readonly worthwhile?: number;
}

/** Runs of a question under way at once for each thread: one is worked on, one lies ready. */
const aheadPerThread = 2;

export function createThreadedReplayer(options: ThreadedOptions): ThreadedReplayer {
  const { log, worthwhile = 3_000, threads } = options;
  const here = createReplayer(log);
  const pool = createPool(options);
  return {
    answers(kind, question, runs, pace) {
      const decisions = runs.reduce((sum, { from, to }) => sum + to - from, 0);
      if (decisions < worthwhile) return here.answers(kind, question, runs, pace);
      const taken = pool.take(askedOf(kind, question));
      return inOrder(taken, runs, { signal: pace.signal, ahead: threads * aheadPerThread });
    },
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

// A kind and its question belong together by the type of `answers`; what TypeScript loses is only that they still do.
const askedOf = <K extends QuestionKind>(kind: K, question: ReplayQuestions[K]): Asked =>
  ({ kind, question }) as unknown as Asked;

/** The answers in the order of the runs, some runs ahead of whoever takes them. */
async function* inOrder<TAnswer>(
  question: PoolQuestion,
  runs: readonly Run[],
  { signal, ahead }: { readonly signal: AbortSignal; readonly ahead: number },
): AsyncGenerator<TAnswer, void> {
  const underWay: Promise<unknown>[] = [];
  const cancelled = rejectingOn(signal);
  let next = 0;
  try {
    while (next < runs.length || underWay.length > 0) {
      for (const run of runs.slice(next, next + ahead - underWay.length)) {
        const answer = question.answer(run);
        // Of one that is not waited for any more nobody wants to know.
        answer.catch(() => undefined);
        underWay.push(answer);
        next += 1;
      }
      // A thread answers to a question of this kind: see thread.ts.
      yield (await Promise.race([underWay.shift(), cancelled.promise])) as TAnswer;
    }
  } finally {
    cancelled.stop();
    question.drop();
  }
}

/** Rejects with the reason of a signal once it aborts. */
function rejectingOn(signal: AbortSignal): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const abort = (): void => reject(reasonOf(signal));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { promise, stop: () => signal.removeEventListener('abort', abort) };
}

const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error(String(reason));
