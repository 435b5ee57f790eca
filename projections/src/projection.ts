/** What a projection is: which events it wants, what it makes of them, and what happens when it cannot. */
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';

export const projectionNames = [
  'settings',
  'mails',
  'timeline',
  'statistics',
  'precision',
  'training',
  'quarantine',
] as const;
export type ProjectionName = (typeof projectionNames)[number];

/**
 * What happens with an event that cannot be taken though the database answers: try again so many times, then set it aside
 * and go on (`park`), or go no further (`stop`). Either is logged as an error.
 */
export interface FailurePolicy {
  readonly retries: number;
  readonly atLast: 'park' | 'stop';
}

/** A read model on a kind of store that takes changes of type `TChange`. */
export interface Projection<TChange> {
  readonly name: ProjectionName;
  /** Streams it reads, by the beginning of their names. */
  readonly streamPrefixes: readonly string[];
  readonly failure: FailurePolicy;
  /** Events in a batch, at most. */
  readonly batchEvents: number;
  /** What a batch comes to. Nothing is written yet: the next batch is prepared while this one is being written. */
  prepare(events: readonly RecordedEvent[]): Promise<TChange>;
}

/** Where a projection writes, and where it keeps how far it is. */
export interface Target<TChange> {
  /** Decimal string; undefined before the first event. */
  checkpoint(): Promise<string | undefined>;
  /** Writes the change (undefined: nothing) and the new checkpoint, all or nothing. Throws CheckpointMoved. */
  commit(change: TChange | undefined, step: Step): Promise<void>;
  /** Notes an event that could not be taken and moves the checkpoint past it. */
  park(event: RecordedEvent, reason: string, step: Step): Promise<void>;
  /** Ends the writing; the next follower opens the target anew. */
  close(): Promise<void>;
}

export interface Step {
  readonly from: string | undefined;
  readonly to: string;
}
