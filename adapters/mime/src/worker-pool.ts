/** Threads that read mails, each under a deadline: one that does not answer is ended, and another takes its place. */
import { Worker } from 'node:worker_threads';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { InspectedMessage } from '@sluice/core/ports/message-inspector.ts';
import type { InspectOptions } from './inspect.ts';
import type { WorkerAnswer, WorkerTask } from './worker-protocol.ts';

type Inspection = Result<InspectedMessage, 'timeout' | 'failed'>;

export interface WorkerPool {
  run(raw: Uint8Array, options: InspectOptions, deadlineMs: number): Promise<Inspection>;
  close(): Promise<void>;
}

interface Job {
  readonly task: WorkerTask;
  settle(result: Inspection): void;
  isSettled(): boolean;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  job: Job | undefined;
}

export function createWorkerPool({ workers, memoryMb }: { workers: number; memoryMb: number }): WorkerPool {
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let nextId = 0;
  let isClosed = false;

  function startThread(): void {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
      // Hostile content is read there: it is handed nothing that it does not need.
      env: {},
      execArgv: [],
    });
    const thread: Thread = { worker, isReady: false, job: undefined };
    threads.add(thread);
    worker.on('message', (message: WorkerAnswer) => take(thread, message));
    // Out of memory, or a defect: what it was at is not known, and it comes no more.
    worker.on('error', () => remove(thread));
    worker.on('exit', () => remove(thread));
  }

  /** Those that come up count: they take what waits. */
  const freeThreads = (): number => [...threads].filter((thread) => thread.job === undefined).length;

  function take(thread: Thread, message: WorkerAnswer): void {
    if (message.kind === 'ready') {
      thread.isReady = true;
    } else if (message.id === thread.job?.task.id) {
      thread.job.settle(message.kind === 'inspected' ? ok(message.message) : fail('failed'));
      thread.job = undefined;
    }
    assign();
  }

  function remove(thread: Thread): void {
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

  function nextWaiting(): Job | undefined {
    let job = waiting.shift();
    while (job?.isSettled() === true) job = waiting.shift();
    return job;
  }

  function expire(job: Job): void {
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
        const job: Job = {
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
