/** Waiting by the timers of Node. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Pause } from '@sluice/core/ports/pause.ts';

export const createPause = (): Pause => ({
  async sleep(ms, signal) {
    if (signal.aborted) return;
    // An end before its time is no error: whoever waits looks at the signal.
    await wait(ms, undefined, { signal }).catch(() => undefined);
  },
});
