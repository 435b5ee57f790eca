/** How long a loop waits after failures in a row, and a bell that ends a wait when there is something to do. */
import type { Pause } from '../ports/pause.ts';

/** `firstMs` after the first failure, doubling up to `maxMs`. */
export const backoffMs = (failures: number, { firstMs, maxMs }: { firstMs: number; maxMs: number }): number =>
  Math.min(firstMs * 2 ** Math.max(failures - 1, 0), maxMs);

export interface Bell {
  ring(): void;
  /** Resolves `ms` later, or at once if it was rung since the last wait, or when it is rung. */
  wait(ms: number): Promise<void>;
}

const rung = 'rung';

/** A bell that is also rung when the signal is aborted. */
export function createBell(pause: Pause, signal: AbortSignal): Bell {
  let hasRung = false;
  let sleeping: AbortController | undefined;
  const ring = (): void => {
    hasRung = true;
    // A reason of our own: the usual one is an exception with a stack, made for every mail.
    sleeping?.abort(rung);
  };
  signal.addEventListener('abort', ring);
  return {
    ring,
    async wait(ms) {
      if (!hasRung) {
        sleeping = new AbortController();
        await pause.sleep(ms, sleeping.signal);
        sleeping = undefined;
      }
      hasRung = signal.aborted;
    },
  };
}
