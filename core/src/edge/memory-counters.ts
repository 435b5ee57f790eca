/** SharedCounters in the memory of one edge, bounded: what is oldest is forgotten first. */
import type { SharedCounters } from '../ports/shared-counters.ts';

export interface MemoryCountersOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Counts, and values, kept at most; 100,000. */
  readonly maxEntries?: number;
}

const alone = { shared: false } as const;

export function createMemoryCounters({ now, maxEntries = 100_000 }: MemoryCountersOptions): SharedCounters {
  // Apart, so that a flood of addresses that are counted does not push out what is remembered for days.
  const counts = createExpiring<number>(now, maxEntries);
  const values = createExpiring<string>(now, maxEntries);
  return {
    async add(key, windowMs, by = 1) {
      const before = counts.get(key);
      const value = (before?.value ?? 0) + by;
      if (by !== 0) counts.set(key, value, before?.until ?? now() + windowMs);
      return { value, ...alone };
    },
    async get(key) {
      return { value: values.get(key)?.value, ...alone };
    },
    async put(key, value, ttlMs) {
      values.set(key, value, now() + ttlMs);
      return alone;
    },
  };
}

interface Expiring<T> {
  readonly value: T;
  readonly until: number;
}

function createExpiring<T>(now: () => number, maxEntries: number) {
  const entries = new Map<string, Expiring<T>>();
  return {
    get(key: string): Expiring<T> | undefined {
      const entry = entries.get(key);
      if (entry === undefined || entry.until > now()) return entry;
      entries.delete(key);
      return undefined;
    },
    /** An entry that is set again is young again. */
    set(key: string, value: T, until: number): void {
      entries.delete(key);
      entries.set(key, { value, until });
      forgetOldest(entries, now(), maxEntries);
    },
  };
}

/** A few at a time: whatever is over is gone long before room is needed. */
function forgetOldest(entries: Map<string, Expiring<unknown>>, now: number, maxEntries: number): void {
  let looked = 0;
  for (const [key, { until }] of entries) {
    looked += 1;
    if (entries.size > maxEntries || until <= now) entries.delete(key);
    else if (looked > 2) return;
  }
}
