/** Times that bound every wait of this adapter. */

export interface EventStoreOptions {
  /** For one append with all its retries. Default 10,000 ms. */
  readonly appendDeadlineMs?: number;
  /** For the next event of a read, and for the confirmation of a subscription. Default 10,000 ms. */
  readonly readDeadlineMs?: number;
  /** Told why a subscription was interrupted, before it connects again. */
  readonly onInterruption?: (reason: string) => void;
}

export interface Settings {
  readonly appendDeadlineMs: number;
  readonly readDeadlineMs: number;
  readonly onInterruption: (reason: string) => void;
}

export const settingsOf = (options: EventStoreOptions): Settings => ({
  appendDeadlineMs: options.appendDeadlineMs ?? 10_000,
  readDeadlineMs: options.readDeadlineMs ?? 10_000,
  onInterruption: options.onInterruption ?? (() => undefined),
});
