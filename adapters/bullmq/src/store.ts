/** What the queues need of the store that keeps them: PostgreSQL and Redis each give one. */
import type { Job, JobsOptions, JobState as StoredState, WorkerOptions } from 'bullmq';
import type { Jobs, QueueName } from '@sluice/core/ports/queue.ts';

export type StoredJob = Job<Jobs[QueueName]>;

/** The part of BullMQ's Queue that we use. */
export interface StoredQueue {
  add(name: string, data: Jobs[QueueName], options: JobsOptions): Promise<unknown>;
  getJob(id: string): Promise<StoredJob | undefined>;
  getJobs(
    state: StoredState,
    first: number,
    last: number,
    ascending: boolean,
  ): Promise<(StoredJob | undefined)[]>;
  getJobState(id: string): Promise<StoredState | 'unknown'>;
  remove(id: string): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The part of BullMQ's Worker that we use. */
interface StoredWorker {
  run(): Promise<void>;
  pause(doNotWaitActive: boolean): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown;
  close(force: boolean): Promise<void>;
}

type Process = (job: StoredJob, token: string | undefined) => Promise<void>;

export interface Store {
  openQueue(name: QueueName): StoredQueue;
  openWorker(
    name: QueueName,
    process: Process,
    options: Omit<WorkerOptions, 'connection' | 'prefix'>,
  ): StoredWorker;
  ping(): Promise<unknown>;
  /** After the queues and workers have been closed. */
  close(): Promise<void>;
}
