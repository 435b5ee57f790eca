/** Handles the jobs of one queue: turns outcomes into what BullMQ understands, and ends in order. */
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { JobAttempt, JobOutcome, Jobs, QueueName, RetryPolicy } from '@sluice/core/ports/queue.ts';
import { backoffMs } from './backoff.ts';
import { within } from './deadline.ts';
import { fromStoredId } from './job-id.ts';
import type { Store, StoredJob } from './store.ts';

export interface WorkerSetup {
  readonly store: Store;
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  /** A worker that has not said for this long that it still works on a job has lost it to the others. */
  readonly lockMs: number;
  readonly readyDeadlineMs: number;
  /** How long `close` waits for running handlers. */
  readonly closeDeadlineMs: number;
  readonly onError: (error: Error) => void;
}

export interface RunningWorker {
  close(): Promise<void>;
}

/** So often may the processes that work on a job die before it counts as the job's fault. */
const maxStalls = 10;

type Handler<TName extends QueueName> = (attempt: JobAttempt<TName>) => Promise<JobOutcome>;

/** Throws QueuesUnavailable if it cannot begin. */
export async function startWorker<TName extends QueueName>(
  queue: TName,
  handler: Handler<TName>,
  setup: WorkerSetup,
): Promise<RunningWorker> {
  const { retry, lockMs, onError } = setup;
  const attempts = new Attempts(handler, retry);
  const worker = setup.store.openWorker(queue, (job, token) => attempts.process(job, token), {
    autorun: false,
    concurrency: setup.concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    maxStalledCount: maxStalls,
    runRetryDelay: 1_000,
    settings: { backoffStrategy: (attempt) => backoffMs(retry, attempt) },
  });
  worker.on('error', onError);
  worker.on('lockRenewalFailed', (ids) => attempts.abort(ids));
  try {
    await within(setup.readyDeadlineMs, `starting to work on ${queue}`, worker.waitUntilReady());
  } catch (error) {
    await within(setup.closeDeadlineMs, 'closing', worker.close(true)).catch(onError);
    throw error;
  }
  worker.run().catch(onError);
  const closeNow = async (): Promise<void> => {
    await worker.pause(true);
    const idle = await attempts.end(setup.closeDeadlineMs);
    await within(setup.closeDeadlineMs, `closing ${queue}`, worker.close(!idle)).catch(onError);
  };
  let closing: Promise<void> | undefined;
  return { close: () => (closing ??= closeNow()) };
}

/** The attempts that run at the moment. */
class Attempts<TName extends QueueName> {
  readonly #handler: Handler<TName>;
  readonly #retry: RetryPolicy;
  readonly #running = new Map<StoredJob, AbortController>();
  #idle: (() => void) | undefined;
  #ending = false;

  constructor(handler: Handler<TName>, retry: RetryPolicy) {
    this.#handler = handler;
    this.#retry = retry;
  }

  /** What BullMQ calls for a job: ends well, or throws what makes BullMQ fail, delay or put back the job. */
  async process(job: StoredJob, token: string | undefined): Promise<void> {
    const number = job.attemptsMade + 1;
    const isLast = number >= this.#retry.attempts;
    const outcome = await this.#attempt(job, number, isLast);
    if (outcome.outcome === 'done') return;
    if (outcome.outcome === 'retry' && this.#ending) {
      // Cut short by us: that is no attempt of its own, and there is nothing to wait for.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (outcome.outcome === 'failed' || isLast) throw new UnrecoverableError(outcome.message);
    const dueAt = new Date(Date.now() + backoffMs(this.#retry, number)).toISOString();
    // BullMQ tells nobody when a delayed job comes again. Only for people: nothing is lost where it cannot be written.
    await job.updateProgress({ dueAt }).catch(() => undefined);
    throw new Error(outcome.message);
  }

  async #attempt(job: StoredJob, number: number, isLast: boolean): Promise<JobOutcome> {
    const controller = new AbortController();
    this.#running.set(job, controller);
    if (this.#ending) controller.abort();
    try {
      return await this.#handler({
        id: fromStoredId(job.id ?? ''),
        payload: job.data as Jobs[TName],
        attempt: number,
        isLast,
        signal: controller.signal,
      });
    } catch (error) {
      return { outcome: 'retry', message: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#running.delete(job);
      if (this.#running.size === 0) this.#idle?.();
    }
  }

  /** For jobs that were given to somebody else, because we did not answer for too long. */
  abort(storedIds: readonly string[]): void {
    for (const [job, controller] of this.#running) {
      if (storedIds.includes(job.id ?? '')) controller.abort();
    }
  }

  /** Aborts all of them and waits; false if some still run at the deadline. */
  async end(deadlineMs: number): Promise<boolean> {
    this.#ending = true;
    for (const controller of this.#running.values()) controller.abort();
    if (this.#running.size === 0) return true;
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    return within(deadlineMs, 'waiting for handlers', idle).then(
      () => true,
      () => false,
    );
  }
}
