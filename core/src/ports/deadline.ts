/** Port: gives a promise a deadline, since core has no timers. */

export interface Deadline {
  /** The value, or `ok: false` when the time (ms) is over first; rejects if the promise does. */
  within<T>(
    promise: Promise<T>,
    ms: number,
  ): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false }>;
}
