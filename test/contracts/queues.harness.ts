/** What the contract suites of the Queues port share: a server, a fresh set of queues a test, and questions to ask of them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectQueues } from '@sluice/bullmq';
import type { QueuesConnection, QueuesOptions } from '@sluice/bullmq';
import type { JobAttempt, JobOutcome, JobState, Queues, RetryPolicy } from '@sluice/core/ports/queue.ts';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { eventually } from './support/eventually.ts';

export interface QueueServer {
  /** To an empty set of queues. */
  createConnection(): Promise<QueuesConnection>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type Attempt = JobAttempt<'redelivery'>;
type Handler = (attempt: Attempt) => Promise<JobOutcome> | JobOutcome;

export const done: JobOutcome = { outcome: 'done' };
export const why = 'the route is away';
export const again: JobOutcome = { outcome: 'retry', message: why };
export const quickly: RetryPolicy = { attempts: 5, backoffMs: 50, maxBackoffMs: 50 };
export const never: RetryPolicy = { attempts: 5, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 };
export const lockMs = 1_500;
export const payload = {
  mailId: 'mail',
  releaseId: 'release',
  recipient: 'somebody@example.org',
  domainId: 'domain',
};

/** Call it inside of a `describe`. What it returns is to be used inside of tests only. */
export function useQueues(start: () => Promise<QueueServer>) {
  let server: QueueServer;
  let connection: QueuesConnection;
  let queues: Queues;
  const undo: (() => Promise<unknown> | void)[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    connection = await server.createConnection();
    queues = await open();
  });
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  /** The same queues once more, as another process would open them. */
  async function open(more: QueuesOptions = {}): Promise<Queues> {
    const opened = await connectQueues({ ...connection, lockMs, ...more });
    undo.push(() => opened.close());
    return opened;
  }

  const add = (id: string, to = queues): Promise<void> => to.add('redelivery', id, payload);

  const list = (...states: JobState['state'][]): Promise<readonly JobState[]> =>
    queues.list('redelivery', states);

  const find = async (id: string): Promise<JobState | undefined> =>
    (await list('waiting', 'delayed', 'active', 'completed', 'failed')).find((job) => job.id === id);

  const until = (id: string, state: JobState['state'], deadlineMs?: number): Promise<JobState> =>
    eventually(
      `${id} to be ${state}`,
      async () => {
        const job = await find(id);
        return job?.state === state ? job : undefined;
      },
      deadlineMs,
    );

  /** Works with a handler, and writes down what that was given. */
  async function work(handler: Handler, { concurrency = 1, retry = quickly, on = queues } = {}) {
    const attempts: Attempt[] = [];
    const take = async (attempt: Attempt): Promise<JobOutcome> => {
      attempts.push(attempt);
      return handler(attempt);
    };
    const worker = await on.work('redelivery', take, { concurrency, retry });
    return { attempts, close: (): Promise<void> => worker.close() };
  }

  function startProcess(mode: 'hang' | 'one'): ChildProcess {
    const script = fileURLToPath(new URL('./queues.child.ts', import.meta.url));
    const argument = JSON.stringify({ ...connection, lockMs });
    const child = spawn(process.execPath, [script, argument, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    undo.push(() => void child.kill('SIGKILL'));
    return child;
  }

  return {
    server: () => server,
    connection: () => connection,
    queues: () => queues,
    open,
    add,
    list,
    find,
    until,
    work,
    startProcess,
  };
}
