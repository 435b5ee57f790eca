/** Waits for a replay that runs in the api: shows how far it is, and cancels it where the command is interrupted. */
import { setTimeout as wait } from 'node:timers/promises';
import { refused } from './exit.ts';

interface Progress {
  readonly state: string;
  readonly read: number;
  readonly total: number;
  readonly message?: string;
}

export interface ReplayJob<TProgress extends Progress> {
  progress(): Promise<TProgress>;
  cancel(): Promise<unknown>;
}

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** What it says at the end; throws where it did not get there. */
export async function finished<TProgress extends Progress>(job: ReplayJob<TProgress>): Promise<TProgress> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const now = await job.progress();
      show(now);
      if (now.state === 'done') return now;
      if (now.state !== 'running') throw refused(now.message ?? ending(now.state));
      await wait(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) await job.cancel();
    }
  } finally {
    process.removeListener('SIGINT', stop);
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  }
}

const ending = (state: string): string =>
  state === 'cancelled' ? 'Cancelled.' : 'The api has forgotten this, or was started anew; try again.';

function show({ read, total }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${read} of ${total} decisions`);
}
