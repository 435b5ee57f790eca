/** Counts what an edge turns away without keeping anything, by the minute. */
import type { ConnectionsRefused, RefusalCount } from '../decision/edge-counters.ts';

export interface RefusalCounter {
  /** `at`: ISO 8601. */
  add(at: string, refusal: Omit<RefusalCount, 'count'>): void;
  /** Takes out the minutes before the one of `before` (all, if undefined), as events to be kept. */
  take(before?: string): readonly ConnectionsRefused[];
}

export function createRefusalCounter(): RefusalCounter {
  const minutes = new Map<string, Map<string, RefusalCount>>();
  return {
    add(at, { reason, code, domainId }) {
      const minute = minuteOf(at);
      const counts = minutes.get(minute) ?? new Map<string, RefusalCount>();
      minutes.set(minute, counts);
      const key = `${reason} ${code} ${domainId ?? ''}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { reason, code, ...(domainId === undefined ? {} : { domainId }), count });
    },
    take(before) {
      const end = before === undefined ? undefined : minuteOf(before);
      const over = [...minutes.keys()].filter((minute) => end === undefined || minute < end).toSorted();
      return over.map((minute): ConnectionsRefused => {
        const counts = [...(minutes.get(minute)?.values() ?? [])];
        minutes.delete(minute);
        return { type: 'ConnectionsRefused', data: { minute, counts } };
      });
    },
  };
}

/** `2026-11-22T08:41:20.123Z` → `2026-11-22T08:41:00.000Z` */
const minuteOf = (at: string): string => `${at.slice(0, 16)}:00.000Z`;
