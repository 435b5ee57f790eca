/** Waiting until a projection has seen a position, so that a caller sees what they have just changed. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from './connect.ts';
import { readCheckpoint } from './writes/checkpoints.ts';

/** How long a query waits for the projection it reads, in ms, before it answers what there is. */
const staleAfterMs = 2_000;

const firstPauseMs = 5;
const longestPauseMs = 50;

/** True once the projection has got to `position` (decimal string); false when the time is over. */
export async function waitFor(
  db: Database,
  projection: string,
  position: string,
  timeoutMs = staleAfterMs,
): Promise<boolean> {
  const wanted = BigInt(position);
  const deadline = performance.now() + timeoutMs;
  let pauseMs = firstPauseMs;
  for (;;) {
    const reached = await readCheckpoint(db, projection);
    if (reached !== undefined && BigInt(reached) >= wanted) return true;
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await pause(Math.min(pauseMs, left));
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}
