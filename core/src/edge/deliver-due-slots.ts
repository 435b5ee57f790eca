/** Bounds what is under way to one host, so that one route does not take all there is. */
import type { Route } from '../ports/delivery.ts';

export interface HostSlots {
  /** Does the work when the first host of the route has a slot free. */
  within(route: Route | undefined, work: () => Promise<void>): Promise<void>;
}

/** At most so many pieces of work a host, in order. */
export function createHostSlots(perHost: number): HostSlots {
  const waiting = new Map<string, { running: number; readonly queue: (() => void)[] }>();
  return {
    async within(route, work) {
      const [first] = route?.hosts ?? [];
      if (first === undefined) return work();
      const key = `${first.host}:${first.port}`;
      const slot = waiting.get(key) ?? { running: 0, queue: [] };
      waiting.set(key, slot);
      if (slot.running >= perHost) await new Promise<void>((resolve) => slot.queue.push(resolve));
      else slot.running += 1;
      try {
        await work();
      } finally {
        // The slot is handed on, or given up.
        const next = slot.queue.shift();
        if (next !== undefined) next();
        else if ((slot.running -= 1) === 0) waiting.delete(key);
      }
    },
  };
}
