/** A pause that ends early when there is nothing left to wait for, and the words of an error. */
import { setTimeout as wait } from 'node:timers/promises';

export async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  // The only way in which this rejects is the abort.
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
