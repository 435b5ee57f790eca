/** Follows the log with a projection: pass after pass, through failures of the database and of single events. */
import { CheckpointMoved } from '@sluice/postgres';
import type { FollowOptions } from './follow-options.ts';
import { makePass, type Passage, ProjectionStopped } from './pass.ts';
import { messageOf, pauseUnlessAborted } from './pause.ts';

const longestPauseMs = 10_000;

/** Ends when the signal aborts, or caught up. Throws ProjectionStopped. The target is closed at the end. */
export async function follow<TChange>(options: FollowOptions<TChange>): Promise<void> {
  const { target, signal } = options;
  const passage: Passage = { suspectUntil: undefined, reached: undefined, failures: 0 };
  try {
    while (!signal.aborted) {
      if (await attemptPass(options, passage)) return;
      await target.close();
      if (passage.failures > 0) {
        await pauseUnlessAborted(Math.min(100 * 2 ** passage.failures, longestPauseMs), signal);
      }
    }
  } finally {
    await target.close();
  }
}

/** True when nothing is left to do. */
async function attemptPass<TChange>(options: FollowOptions<TChange>, passage: Passage): Promise<boolean> {
  try {
    return await makePass(options, passage);
  } catch (error) {
    if (options.signal.aborted) return true;
    learnFrom(error, options, passage);
    return false;
  }
}

/** Says in the log what a pass failed of, and prepares the next one for it. */
function learnFrom<TChange>(
  error: unknown,
  { projection, log, observer, isTransient }: FollowOptions<TChange>,
  passage: Passage,
): void {
  if (error instanceof ProjectionStopped) throw error;
  const fields = { projection: projection.name, error: messageOf(error) };
  if (error instanceof CheckpointMoved) {
    log.info(fields, 'The checkpoint was moved by somebody else; going on from there.');
  } else if (isTransient(error)) {
    passage.failures += 1;
    observer.stalled(messageOf(error));
    log.warn(fields, 'Cannot go on now; trying again.');
  } else {
    log.warn(fields, 'A batch failed; taking its events one by one.');
    passage.suspectUntil = passage.reached;
  }
}
