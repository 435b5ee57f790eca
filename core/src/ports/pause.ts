/** Port: letting time pass, for loops that back off. Core has no timers. */

export interface Pause {
  /** Resolves after `ms` milliseconds, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
