/** Waiting by the timers of Node. */
import type { Pause } from '@sluice/core/ports/pause.ts';

/**
 * An end before its time is no error: whoever waits looks at the signal. Node's own waiting rejects with an exception and its
 * stack, which is dear where every mail ends a wait.
 */
export const createPause = (): Pause => ({
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    }),
});
