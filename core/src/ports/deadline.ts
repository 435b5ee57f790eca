/** Port: waiting with an end. Core has no timers; whoever waits for something outside says how long. */

export type Waited<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

export interface Deadline {
  /**
   * The value, or `ok: false` once `ms` milliseconds have passed. A rejection before that is passed on; one after it is
   * swallowed, and so is a late value.
   */
  within<T>(promise: Promise<T>, ms: number): Promise<Waited<T>>;
}
