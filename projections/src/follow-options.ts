/** What following the log with a projection needs, and what it tells of its progress. */
import type { Position, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { Log } from '@sluice/telemetry';
import type { Batch } from './batches.ts';
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
