/**
 * Port: what the edges of an installation remember together for minutes or days: counts, and small values. No call
 * rejects, and none takes longer than a short deadline: while the shared memory is away, each edge goes on alone.
 */

/** Who knows what was answered. */
export interface Remembered {
  /** False: only this edge was asked, because nothing is shared here or what is shared is away. */
  readonly shared: boolean;
  /** There is a shared memory, but it does not answer now: other edges may know more. */
  readonly away?: true;
}

export interface Counted extends Remembered {
  /** The count after adding. */
  readonly value: number;
}

export interface Recalled extends Remembered {
  readonly value: string | undefined;
}

/** Keys begin with the check that uses them (`greylist:…`) and hold at most 512 characters. */
export interface SharedCounters {
  /**
   * Adds `by` (default 1; 0 only reads) to the count of `key`. A window of `windowMs` begins with the first that is added
   * and the count is forgotten at its end; what is added later does not prolong it.
   */
  add(key: string, windowMs: number, by?: number): Promise<Counted>;
  get(key: string): Promise<Recalled>;
  /** Keeps `value` (at most 4,096 characters) for `ttlMs`; what was there before is replaced. */
  put(key: string, value: string, ttlMs: number): Promise<Remembered>;
}
