/** Keeps the queues in Redis, under the prefix `sluice`; one connection for the queues, one for the workers, one more a worker. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Jobs, QueueName } from '@sluice/core/ports/queue.ts';
import { within } from './deadline.ts';
import type { Store } from './store.ts';

const prefix = 'sluice';

/** Connects; tries again until the deadline. Throws QueuesUnavailable. */
export async function openRedisStore(
  url: string,
  deadlineMs: number,
  onError: (error: Error) => void,
): Promise<Store> {
  const connect = (options: { commandTimeout?: number }): Redis => {
    const redis = new Redis(url, {
      // For ever, two seconds apart: commands wait meanwhile, as BullMQ demands it.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
      connectTimeout: 10_000,
      keepAlive: 10_000,
      ...options,
    });
    redis.on('error', onError);
    return redis;
  };
  // Whoever adds a job wants an answer, even if it is a bad one; a worker has nothing better to do than to wait.
  const forQueues = connect({ commandTimeout: 10_000 });
  const forWorkers = connect({});
  const close = async (): Promise<void> => {
    for (const redis of [forQueues, forWorkers]) {
      // A server that is away is not waited for.
      if (redis.status === 'ready') await redis.quit().catch(() => undefined);
      redis.disconnect();
    }
  };
  try {
    await within(deadlineMs, 'connecting to Redis', Promise.all([forQueues.ping(), forWorkers.ping()]));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    openQueue: (name) =>
      new Queue<Jobs[QueueName]>(name, {
        connection: forQueues,
        prefix,
        streams: { events: { maxLen: 256 } },
      }),
    openWorker: (name, process, options) =>
      new Worker<Jobs[QueueName], void>(name, process, { ...options, connection: forWorkers, prefix }),
    ping: () => forQueues.ping(),
    close,
  };
}
