/** Port: the append-only log of events, the truth of the whole service. */
import type { NewEvent, Position, RecordedEvent } from '../kernel/event.ts';
import type { Result } from '../kernel/result.ts';

/** What the stream must look like for an append to happen: its last revision, or one of the words. */
export type ExpectedRevision = number | 'any' | 'no-stream' | 'stream-exists';

export interface Appended {
  /** Revision of the last event appended. */
  readonly revision: number;
  /** Position of the last event appended. */
  readonly position: Position;
}

export type AppendError =
  | { readonly code: 'wrong-expected-revision'; readonly actual: number | 'no-stream' }
  | { readonly code: 'stream-deleted' }
  | { readonly code: 'too-large' }
  /** Nothing is known about the outcome: append the same event ids again. */
  | { readonly code: 'unavailable'; readonly message: string };

export interface ReadStreamOptions {
  /** Read from this revision on (included); default: the first, or backwards the last. */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** Default: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ReadAllOptions {
  /** Start after this position (backwards: before it); default: the very start, or backwards the end. */
  readonly after?: Position;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface SubscribeAllOptions {
  /** Deliver what comes after this position; default: everything. */
  readonly after?: Position;
  /** Only streams whose name begins with one of these; default: every stream but the store's own (`$…`). */
  readonly streamPrefixes?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * What a subscription yields. A checkpoint says that nothing up to that position matches any more, so that a filtered
 * consumer can store progress; `caught-up` comes once after the events that were there at the start.
 */
export type SubscriptionMessage =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caught-up' };

export interface EventStore {
  /** Appends all events or none. The same ids at the same expected revision again succeed with the first answer. */
  append(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<Result<Appended, AppendError>>;

  /** The events of a stream in order; nothing if there is no such stream. Throws StoreUnavailable. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /** The events of all streams in order, without the store's own. Throws StoreUnavailable. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /**
   * Everything from a position on, for ever, one message at a time at the consumer's pace. Reconnects with back-off by
   * itself and goes on after the last message delivered; ends when the signal aborts.
   */
  subscribeAll(options: SubscribeAllOptions): AsyncIterable<SubscriptionMessage>;

  /** Answers within the time, or gives the reason why not. */
  ping(timeoutMs: number): Promise<Result<void, string>>;

  close(): Promise<void>;
}

/** Thrown by reads while the store cannot be reached. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
