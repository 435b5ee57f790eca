/** What was used last, up to a number of bytes. */

export interface RecentlyUsed<T> {
  get(key: number): T | undefined;
  add(key: number, value: T, bytes: number): void;
  clear(): void;
}

/** Forgets what was not used for longest when all of it is more than `mostBytes`; the newest is always kept. */
export function createRecentlyUsed<T>(mostBytes: number): RecentlyUsed<T> {
  // A map keeps the order of insertion: what is used moves to its end.
  const entries = new Map<number, { readonly value: T; readonly bytes: number }>();
  let total = 0;
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    add(key, value, bytes) {
      total += bytes - (entries.get(key)?.bytes ?? 0);
      entries.delete(key);
      entries.set(key, { value, bytes });
      for (const [oldest, { bytes: freed }] of entries) {
        if (total <= mostBytes || oldest === key) break;
        entries.delete(oldest);
        total -= freed;
      }
    },
    clear() {
      entries.clear();
      total = 0;
    },
  };
}
