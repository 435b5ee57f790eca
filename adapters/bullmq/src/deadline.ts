/** Waiting that ends, and the one error that says that the store is away. */
import { ConnectionClosedError } from 'bullmq';

/** Thrown where the store behind the queues cannot be reached or does not answer in time; what was asked may still happen. */
export class QueuesUnavailable extends Error {
  override readonly name = 'QueuesUnavailable';
}

/** The promise's outcome, or QueuesUnavailable after `deadlineMs`; what it waited for goes on by itself, unheard. */
export async function within<T>(deadlineMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new QueuesUnavailable(`The queues did not answer within ${deadlineMs} ms (${what}).`));
    }, deadlineMs);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The promise's outcome, where the store's absence has but one name. */
export async function answered<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    // The first is PostgreSQL's (see postgres-store.ts), the second ioredis'.
    const isAway =
      error instanceof ConnectionClosedError ||
      (error instanceof Error && /^(Command timed out|Connection is closed)/.test(error.message));
    throw isAway
      ? new QueuesUnavailable(`The queues cannot be reached: ${error.message}`, { cause: error })
      : error;
  }
}
