/** Waits that always end: pauses between attempts, and promises with a deadline. */
import { explainFailure } from './failure.ts';

/** Random between half of the time and all of it, doubled with every attempt (from 0) up to `longestMs`. */
export function backoffMs(attempt: number, firstMs: number, longestMs: number): number {
  const full = Math.min(firstMs * 2 ** attempt, longestMs);
  return full * (0.5 + Math.random() / 2);
}

/** Resolves after the time, or as soon as the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}

/** Rejected with this where a promise was not settled in time. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** The promise's own outcome, or DeadlinePassed; what comes later is dropped. */
export function withDeadline<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new DeadlinePassed(`No answer within ${Math.round(milliseconds)} ms`)),
      milliseconds,
    );
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

export const messageOf = (error: unknown): string => explainFailure(error).message;
