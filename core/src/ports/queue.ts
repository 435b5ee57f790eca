/** Port: background jobs. A queue is never the truth: what it loses is queued again from events. */

/** Every queue with its payload. Start-up fails where a queue has no handler or two. */
export interface Jobs {
  /** Deliver a released mail to one recipient. */
  redelivery: {
    readonly mailId: string;
    readonly releaseId: string;
    readonly recipient: string;
    readonly domainId: string;
  };
  /** Release the next mails of an order that undoes an incident. */
  undo: { readonly undoId: string };
}

export type QueueName = keyof Jobs;

/** What a handler says of one attempt. `retry` comes again after the back-off until the attempts are used up. */
export type JobOutcome =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'retry'; readonly message: string }
  | { readonly outcome: 'failed'; readonly message: string };

export interface JobAttempt<TName extends QueueName> {
  /** The id it was added under. */
  readonly id: string;
  readonly payload: Jobs[TName];
  /** From 1. */
  readonly attempt: number;
  /** True if a `retry` of this attempt will not come again. */
  readonly isLast: boolean;
  readonly signal: AbortSignal;
}

export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** Wait before the second attempt, in ms; doubles each time up to `maxBackoffMs`. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export interface JobState<TName extends QueueName = QueueName> {
  readonly id: string;
  readonly queue: TName;
  readonly state: 'waiting' | 'delayed' | 'active' | 'completed' | 'failed';
  readonly attempts: number;
  readonly payload: Jobs[TName];
  readonly message?: string;
  /** ISO 8601; when a delayed job comes again. */
  readonly dueAt?: string;
}

export interface Queues {
  /**
   * Adds a job; one with the same id that waits, runs, or has completed is left as it is. Durable on return. `delayMs`: it
   * is not begun before that.
   */
  add<TName extends QueueName>(
    queue: TName,
    id: string,
    payload: Jobs[TName],
    options?: { readonly delayMs: number },
  ): Promise<void>;

  /** Starts handling, `concurrency` at once; a throwing handler counts as `retry`. Stops by `close` of the returned handle. */
  work<TName extends QueueName>(
    queue: TName,
    handler: (attempt: JobAttempt<TName>) => Promise<JobOutcome>,
    options: { readonly concurrency: number; readonly retry: RetryPolicy },
  ): Promise<{ close(): Promise<void> }>;

  list<TName extends QueueName>(
    queue: TName,
    states: readonly JobState['state'][],
  ): Promise<readonly JobState<TName>[]>;

  /** Makes a failed or delayed job due now. False if there is no such job. */
  retry(queue: QueueName, id: string): Promise<boolean>;

  /** Removes a job that is not running. False if there is no such job. */
  remove(queue: QueueName, id: string): Promise<boolean>;

  ping(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
