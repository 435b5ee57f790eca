/** Waiting that ends. */

/** Thrown where the store behind the queues does not answer in time. */
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
