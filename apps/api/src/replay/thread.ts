/** A thread that goes over recorded decisions: it reads, opens and judges them by itself, and answers run by run. */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import type { QuestionKind } from '@sluice/core/replay/questions.ts';
import type { DecisionLog } from '@sluice/core/replay/read-decisions.ts';
import { answering, type AnswerRun } from '@sluice/core/use-cases/answer-runs.ts';
import { loadChecks } from '@sluice/environment';
import { connectEventStore } from '@sluice/eventstoredb';
import { createVault } from '@sluice/node-crypto';
import type { Asked, FromThread, ThreadSettings, ToThread } from './protocol.ts';
import { createAskedKeys } from './asked-keys.ts';

/** Of `nice`: mail goes before questions about it. */
const niceness = 10;

/** Lowers this thread alone: setpriority(2) of Linux takes the number of a thread. Other systems cannot, and refuse. */
function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // It goes on as it is.
  }
}

async function work(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this is the script of a thread');
  giveWay();
  // What it was begun with is of this type: see threads.ts.
  const { eventstoreUrl, checks } = workerData as ThreadSettings;
  await loadChecks({ checks });
  const tell = (message: FromThread): void => port.postMessage(message);
  const keys = createAskedKeys((keyId) => tell({ type: 'key', keyId }));
  const log = { store: connectEventStore(eventstoreUrl), vault: createVault(keys) };
  const questions = new Map<number, AnswerRun<unknown>>();
  // Cancelling ends the waiting for a run; the run itself is over in a moment.
  const pace = { signal: new AbortController().signal, breathe: () => Promise.resolve() };

  const answer = async ({ number, run }: Extract<ToThread, { type: 'run' }>): Promise<void> => {
    try {
      const answerRun = questions.get(number);
      if (answerRun === undefined) throw new Error('the question is not known');
      tell({ type: 'answer', answer: await answerRun(run, pace) });
    } catch (error) {
      tell({ type: 'failed', isStoreAway: error instanceof StoreUnavailable, message: String(error) });
    }
  };

  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'question':
        questions.set(message.number, answeringAsked(log, message.asked));
        return;
      case 'forget':
        questions.delete(message.number);
        return;
      case 'run':
        void answer(message);
        return;
      case 'key':
      case 'no-key':
        keys.take(message);
        return;
      default:
        message satisfies never;
    }
  });
}

const answeringAsked = <K extends QuestionKind>(
  log: DecisionLog,
  { kind, question }: Asked<K>,
): AnswerRun<unknown> => answering(log, kind, question);

await work();
