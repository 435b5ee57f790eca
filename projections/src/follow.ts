/** Follows the log with a projection: pass after pass, through failures of the database and of single events. */
import type { Position, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { CheckpointMoved } from '@sluice/postgres';
import type { Log } from '@sluice/telemetry';
import type { Batch } from './batches.ts';
import { messageOf, pauseUnlessAborted } from './pause.ts';
import { makePass, type Passage, ProjectionStopped } from './pass.ts';
import type { Projection, Target } from './projection.ts';

/** What a follower tells of its progress: for metrics, health and rebuilds. */
export interface Observer {
  committed(batch: Pick<Batch, 'events' | 'isCaughtUp'>, position: Position | undefined): void;
  parked(event: RecordedEvent): void;
  /** It is trying again: nothing moves until this passes. */
  stalled(message: string): void;
}

export interface FollowOptions<TChange> {
  readonly projection: Projection<TChange>;
  readonly target: Target<TChange>;
  readonly store: EventStore;
  readonly log: Log;
  readonly observer: Observer;
  /** Whether an error will pass by itself, so that the events are not to blame. */
  readonly isTransient: (error: unknown) => boolean;
  readonly signal: AbortSignal;
  /** Return when everything that was in the log at the beginning is written; default: go on for ever. */
  readonly untilCaughtUp?: boolean;
}

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
