/** The jobs of one queue as they are stored: added once, listed, made due, removed. */
import type { Jobs, JobState, QueueName } from '@sluice/core/ports/queue.ts';
import { fromStoredId, toStoredId } from './job-id.ts';
import type { StoredJob, StoredQueue } from './store.ts';

const day = 24 * 60 * 60;

/**
 * As long as a job is kept, its id is not worked on again. By age alone: where a number is to be kept, the PostgreSQL backend
 * goes through all kept jobs at every job's end.
 */
const keep = { completedSeconds: 14 * day, failedSeconds: 90 * day };

/** How many attempts there are is the business of who works; BullMQ is told a number that is never reached. */
const manyAttempts = 1_000_000;

/** At most so many jobs of a state are listed, the newest of them. */
const listLimit = 1_000;

/**
 * Adds a job unless one of that id waits, runs or has completed within the last 14 days. One that has failed for good is made
 * due for one more attempt, under the payload it was first added with.
 */
export async function addJob(
  queue: StoredQueue,
  {
    name,
    id,
    payload,
    delayMs,
  }: {
    readonly name: QueueName;
    readonly id: string;
    readonly payload: Jobs[QueueName];
    readonly delayMs?: number;
  },
): Promise<void> {
  const jobId = toStoredId(id);
  if ((await queue.getJobState(jobId)) === 'failed' && (await makeDue(queue, id))) return;
  await queue.add(name, payload, {
    jobId,
    ...(delayMs === undefined ? {} : { delay: Math.ceil(delayMs) }),
    attempts: manyAttempts,
    // Any name that BullMQ does not know leads to the worker's own strategy.
    backoff: { type: 'sluice' },
    removeOnComplete: { age: keep.completedSeconds },
    removeOnFail: { age: keep.failedSeconds },
    stackTraceLimit: 1,
  });
}

/** True if it was failed or delayed. Attempts go on being counted. */
export async function makeDue(queue: StoredQueue, id: string): Promise<boolean> {
  const jobId = toStoredId(id);
  const job = await queue.getJob(jobId);
  if (job === undefined) return false;
  const state = await queue.getJobState(jobId);
  if (state !== 'failed' && state !== 'delayed') return false;
  try {
    await (state === 'failed' ? job.retry('failed') : job.promote());
    return true;
  } catch (error) {
    // Somebody else was faster: it waits, runs or is gone by now.
    if ((await queue.getJobState(jobId)) === state) throw error;
    return false;
  }
}

/** True if it was there and not running. */
export async function removeJob(queue: StoredQueue, id: string): Promise<boolean> {
  const jobId = toStoredId(id);
  // On Redis, BullMQ says of a job that never was that it has been removed.
  if ((await queue.getJobState(jobId)) === 'unknown') return false;
  return (await queue.remove(jobId)) === 1;
}

export async function listJobs<TName extends QueueName>(
  queue: StoredQueue,
  name: TName,
  states: readonly JobState['state'][],
): Promise<readonly JobState<TName>[]> {
  const lists: JobState<TName>[][] = [];
  for (const state of new Set(states)) {
    const found = await queue.getJobs(state, 0, listLimit - 1, false);
    lists.push(found.flatMap((job) => (job === undefined ? [] : [toState(job, name, state)])));
  }
  return lists.flat();
}

function toState<TName extends QueueName>(
  job: StoredJob,
  queue: TName,
  state: JobState['state'],
): JobState<TName> {
  const dueAt = state === 'delayed' ? readDueAt(job.progress) : undefined;
  return {
    id: fromStoredId(job.id ?? ''),
    queue,
    state,
    attempts: job.attemptsMade,
    // A queue holds what was added to it.
    payload: job.data as Jobs[TName],
    ...(job.failedReason === undefined ? {} : { message: job.failedReason }),
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}

function readDueAt(progress: unknown): string | undefined {
  if (typeof progress !== 'object' || progress === null || !('dueAt' in progress)) return undefined;
  return typeof progress.dueAt === 'string' ? progress.dueAt : undefined;
}
