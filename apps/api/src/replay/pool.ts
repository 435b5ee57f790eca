/** Threads that answer runs of decisions, begun when there is work and ended when there has been none for a while. */
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { ReplayFailed, type Run } from '@sluice/core/replay/questions.ts';
import type { DataKeys } from '@sluice/node-crypto';
import type { Asked, FromThread, ThreadSettings, ToThread } from './protocol.ts';

export interface PoolOptions {
  readonly settings: ThreadSettings;
  /** Asked for the threads, which have no keys of their own. */
  readonly keys: DataKeys;
  /** At most. */
  readonly threads: number;
  /** A run that takes longer has failed, and its thread is ended. Default 60,000 ms; it takes a tenth of a second. */
  readonly deadlineMs?: number;
  /** After this long without work a thread is ended, and its memory free again. Default 20,000 ms. */
  readonly idleMs?: number;
  /** What the threads run; for tests of threads that break. */
  readonly script?: URL;
}

export interface Pool {
  /** Takes a question up, about which runs can then be answered until it is dropped. */
  take(asked: Asked): PoolQuestion;
  /** Ends all threads; what is not answered yet fails. */
  close(): Promise<void>;
}

export interface PoolQuestion {
  /** Runs wait for their turn. Rejects with StoreUnavailable or ReplayFailed. */
  answer(run: Run): Promise<unknown>;
  /** Runs that still wait never get their turn. */
  drop(): void;
}

interface Task {
  readonly number: number;
  readonly asked: Asked;
  readonly run: Run;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  /** Questions that it has been told. */
  readonly known: Set<number>;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
}

const memoryMb = 128;
/** Nothing lives for longer than a run: more would only lie in memory. */
const youngMb = 32;

export function createPool(options: PoolOptions): Pool {
  const { settings, keys, threads: most, deadlineMs = 60_000, idleMs = 20_000 } = options;
  const script = options.script ?? new URL('thread.ts', import.meta.url);
  const threads = new Set<Thread>();
  let waiting: Task[] = [];
  let lastNumber = 0;
  let isClosed = false;

  const tell = ({ worker }: Thread, message: ToThread): void => worker.postMessage(message);

  const startThread = (): Thread => {
    const worker = new Worker(script, {
      workerData: settings,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: youngMb },
    });
    const thread: Thread = { worker, known: new Set(), task: undefined, timer: undefined };
    threads.add(thread);
    worker.on('message', (message: FromThread) => void take(thread, message));
    worker.on('error', (error) => end(thread, `a thread broke: ${String(error)}`));
    worker.on('exit', () => end(thread, 'a thread ended'));
    return thread;
  };

  const take = async (thread: Thread, message: FromThread): Promise<void> => {
    switch (message.type) {
      case 'answer':
        settle(thread)?.resolve(message.answer);
        return assign();
      case 'failed':
        settle(thread)?.reject(failureOf(message));
        return assign();
      case 'key':
        return tell(thread, await lookUp(message.keyId));
      default:
        message satisfies never;
    }
  };

  const lookUp = async (keyId: string): Promise<ToThread> => {
    try {
      return { type: 'key', keyId, key: await keys.get(keyId) };
    } catch {
      return { type: 'no-key', keyId };
    }
  };

  /** The thread has no task any more: it had this one. */
  const settle = (thread: Thread): Task | undefined => {
    const { task } = thread;
    clearTimeout(thread.timer);
    thread.task = undefined;
    thread.worker.unref();
    thread.timer = setTimeout(() => end(thread, 'nothing to do'), idleMs).unref();
    return task;
  };

  const end = (thread: Thread, reason: string): void => {
    if (!threads.delete(thread)) return;
    settle(thread)?.reject(new ReplayFailed(reason));
    clearTimeout(thread.timer);
    void thread.worker.terminate();
    assign();
  };

  const assign = (): void => {
    while (waiting.length > 0 && !isClosed) {
      const free = threads.values().find(({ task }) => task === undefined);
      if (free === undefined && threads.size >= most) return;
      const task = waiting.shift();
      if (task !== undefined) give(free ?? startThread(), task);
    }
  };

  const give = (thread: Thread, task: Task): void => {
    const { number, asked, run } = task;
    clearTimeout(thread.timer);
    thread.task = task;
    thread.worker.ref();
    thread.timer = setTimeout(() => end(thread, `a thread did not answer for ${deadlineMs} ms`), deadlineMs);
    if (!thread.known.has(number)) tell(thread, { type: 'question', number, asked });
    thread.known.add(number);
    tell(thread, { type: 'run', number, run });
  };

  return {
    take(asked) {
      lastNumber += 1;
      const number = lastNumber;
      return {
        answer: (run) =>
          new Promise((resolve, reject) => {
            if (isClosed) return reject(new ReplayFailed('it is being closed'));
            waiting.push({ number, asked, run, resolve, reject });
            assign();
          }),
        drop() {
          waiting = waiting.filter((task) => task.number !== number);
          for (const thread of threads) {
            if (thread.known.delete(number)) tell(thread, { type: 'forget', number });
          }
        },
      };
    },

    async close() {
      isClosed = true;
      for (const task of waiting.splice(0)) task.reject(new ReplayFailed('it is being closed'));
      const ending = [...threads].map(({ worker }) => worker.terminate());
      for (const thread of threads) end(thread, 'it is being closed');
      await Promise.all(ending);
    },
  };
}

const failureOf = ({ isStoreAway, message }: Extract<FromThread, { type: 'failed' }>): Error =>
  isStoreAway ? new StoreUnavailable(message) : new ReplayFailed(message);
