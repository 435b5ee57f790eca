/** The Queues port on BullMQ. */
import type { QueueName, Queues } from '@sluice/core/ports/queue.ts';
import { answered, within } from './deadline.ts';
import { openPostgresStore } from './postgres-store.ts';
import { openRedisStore } from './redis-store.ts';
import type { Store, StoredQueue } from './store.ts';
import { addJob, listJobs, makeDue, removeJob } from './stored-jobs.ts';
import { startWorker } from './worker.ts';
import type { RunningWorker } from './worker.ts';

/**
 * Where the jobs are kept. PostgreSQL: whoever may create a schema. Redis: with `appendonly yes` and `noeviction`; what is
 * durable on return there is what its `appendfsync` says, by default all but the last second before a power failure.
 */
export type QueuesConnection = { readonly redisUrl: string } | { readonly postgresUrl: string };

export interface QueuesOptions {
  /** Errors of connections and of the queue itself, none of which needs anything to be done. */
  readonly log?: (message: string) => void;
  /**
   * A job whose worker died is run again after this long at the least and twice this at the most (three times where the
   * worker died at once). Handlers must not block the event loop for half of it. Default: 20 s.
   */
  readonly lockMs?: number;
  /** How long running handlers are waited for, once their signal has been aborted. Default: 30 s. */
  readonly closeDeadlineMs?: number;
  /** Until when the store must have answered. Default: 15 s. */
  readonly connectDeadlineMs?: number;
}

/** Every queue there is: the compiler asks for the new one. */
const names: Record<QueueName, true> = { redelivery: true, undo: true };

/**
 * Throws QueuesUnavailable if the store does not answer. A connection lost later comes back by itself; meanwhile every
 * question throws QueuesUnavailable (PostgreSQL: at once; Redis: after 10 s), and workers wait. An outage longer than
 * `lockMs` makes jobs that ended in it run once more: handlers must be idempotent.
 */
export async function connectQueues(options: QueuesConnection & QueuesOptions): Promise<Queues> {
  const { lockMs = 20_000, closeDeadlineMs = 30_000, connectDeadlineMs = 15_000 } = options;
  const onError = withoutRepetition((message) => options.log?.(message));
  const store = await openStore(options, connectDeadlineMs, onError);
  const queues = new Map<QueueName, StoredQueue>();
  const workers = new Set<RunningWorker>();
  const find = (name: QueueName): StoredQueue => {
    const queue = queues.get(name);
    if (queue === undefined) throw new TypeError(`There is no queue named ${name}.`);
    return queue;
  };
  const close = async (): Promise<void> => {
    await Promise.all([...workers].map((worker) => worker.close()));
    for (const queue of queues.values()) {
      await within(closeDeadlineMs, 'closing', queue.close()).catch(onError);
    }
    await within(closeDeadlineMs, 'closing', store.close()).catch(onError);
  };
  let closing: Promise<void> | undefined;

  try {
    for (const name of Object.keys(names) as QueueName[]) {
      const queue = store.openQueue(name);
      queue.on('error', onError);
      queues.set(name, queue);
      await within(connectDeadlineMs, `opening ${name}`, queue.waitUntilReady());
    }
  } catch (error) {
    await close();
    throw error;
  }

  return {
    add: (name, id, payload, options) => answered(addJob(find(name), { name, id, payload, ...options })),
    async work(name, handler, { concurrency, retry }) {
      const setup = { store, concurrency, retry, lockMs, closeDeadlineMs, onError };
      const worker = await startWorker(name, handler, { ...setup, readyDeadlineMs: connectDeadlineMs });
      workers.add(worker);
      return worker;
    },
    list: (name, states) => answered(listJobs(find(name), name, states)),
    retry: (name, id) => answered(makeDue(find(name), id)),
    remove: (name, id) => answered(removeJob(find(name), id)),
    ping: (timeoutMs) =>
      within(timeoutMs, 'ping', store.ping()).then(
        () => true,
        () => false,
      ),
    close: () => (closing ??= close()),
  };
}

/** A store that is away is tried again many times a second, with the same words each time. */
function withoutRepetition(log: (message: string) => void): (error: Error) => void {
  const silenceMs = 10_000;
  let last = { message: '', at: -Infinity };
  return ({ message }) => {
    const at = performance.now();
    if (message === last.message && at - last.at < silenceMs) return;
    last = { message, at };
    log(message);
  };
}

const openStore = (
  connection: QueuesConnection,
  deadlineMs: number,
  onError: (error: Error) => void,
): Promise<Store> =>
  'redisUrl' in connection
    ? openRedisStore(connection.redisUrl, deadlineMs, onError)
    : openPostgresStore(connection.postgresUrl, deadlineMs, onError);
