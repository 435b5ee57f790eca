/** Threads that read mails, each under a deadline: one that does not answer is ended, and another takes its place. */
import { Worker } from 'node:worker_threads';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { WorkerAnswer, WorkerTask } from './worker-protocol.ts';

type Outcome<TValue> = Result<TValue, 'timeout' | 'failed'>;

export interface WorkerPool<TOptions, TValue> {
  run(raw: Uint8Array, options: TOptions, deadlineMs: number): Promise<Outcome<TValue>>;
  close(): Promise<void>;
}

interface PoolOptions {
  /** What each thread runs; it answers by `answerTasks`. */
  readonly script: URL;
  readonly workers: number;
  readonly memoryMb: number;
}

interface Job<TOptions, TValue> {
  readonly task: WorkerTask<TOptions>;
  settle(result: Outcome<TValue>): void;
  isSettled(): boolean;
}

interface Thread<TOptions, TValue> {
  readonly worker: Worker;
  isReady: boolean;
  job: Job<TOptions, TValue> | undefined;
}

export function createWorkerPool<TOptions, TValue>({
  script,
  workers,
  memoryMb,
}: PoolOptions): WorkerPool<TOptions, TValue> {
  type PoolThread = Thread<TOptions, TValue>;
  type PoolJob = Job<TOptions, TValue>;
  const threads = new Set<PoolThread>();
  const waiting: PoolJob[] = [];
  let nextId = 0;
  let isClosed = false;

  function startThread(): void {
    const worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      // Hostile content is read there: it is handed nothing that it does not need.
      env: {},
      execArgv: [],
    });
    const thread: PoolThread = { worker, isReady: false, job: undefined };
    threads.add(thread);
    worker.on('message', (message: WorkerAnswer<TValue>) => take(thread, message));
    // Out of memory, or a defect: what it was at is not known, and it comes no more.
    worker.on('error', () => remove(thread));
    worker.on('exit', () => remove(thread));
  }

  /** Those that come up count: they take what waits. */
  const freeThreads = (): number => [...threads].filter((thread) => thread.job === undefined).length;

  function take(thread: PoolThread, message: WorkerAnswer<TValue>): void {
    if (message.kind === 'ready') {
      thread.isReady = true;
    } else if (message.id === thread.job?.task.id) {
      thread.job.settle(message.kind === 'done' ? ok(message.value) : fail('failed'));
      thread.job = undefined;
    }
    assign();
  }

  function remove(thread: PoolThread): void {
    if (!threads.delete(thread)) return;
    thread.job?.settle(fail('failed'));
    if (isClosed) return;
    // One that never came up would not the second time either; the next mail tries again.
    if (thread.isReady) startThread();
    else for (const job of waiting.splice(0)) job.settle(fail('failed'));
  }

  function assign(): void {
    for (const thread of threads) {
      if (!thread.isReady || thread.job !== undefined) continue;
      const job = nextWaiting();
      if (job === undefined) return;
      thread.job = job;
      thread.worker.postMessage(job.task, [job.task.raw.buffer as ArrayBuffer]);
    }
  }

  function nextWaiting(): PoolJob | undefined {
    let job = waiting.shift();
    while (job?.isSettled() === true) job = waiting.shift();
    return job;
  }

  function expire(job: PoolJob): void {
    job.settle(fail('timeout'));
    const thread = [...threads].find((candidate) => candidate.job === job);
    if (thread === undefined) return;
    thread.job = undefined;
    remove(thread);
    void thread.worker.terminate();
  }

  return {
    run(raw, options, deadlineMs) {
      if (isClosed) return Promise.resolve(fail('failed'));
      return new Promise((resolve) => {
        let isSettled = false;
        nextId += 1;
        const job: PoolJob = {
          // A copy of exactly these bytes, given away whole: a view would take its whole buffer along.
          task: { id: nextId, raw: new Uint8Array(raw), options },
          settle(result) {
            isSettled = true;
            clearTimeout(timer);
            resolve(result);
          },
          isSettled: () => isSettled,
        };
        const timer = setTimeout(() => expire(job), deadlineMs);
        waiting.push(job);
        if (threads.size < workers && waiting.length > freeThreads()) startThread();
        assign();
      });
    },

    async close() {
      isClosed = true;
      for (const job of waiting.splice(0)) job.settle(fail('failed'));
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
