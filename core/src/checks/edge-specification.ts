/** For tests of checks that ask the edge: one that counts in memory, with a clock that is moved by hand. */
import { createMemoryCounters } from '../edge/memory-counters.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { type ConnectionView, type EdgeView, goodConduct } from './edge-view.ts';

const begin = Temporal.Instant.from('2026-11-22T12:00:00Z');

export interface TestEdge {
  /** As a check sees it now. */
  view(
    changes?: Partial<Omit<EdgeView, 'connection'>> & { readonly connection?: Partial<ConnectionView> },
  ): EdgeView;
  /** Lets time pass. */
  wait(duration: { readonly seconds?: number; readonly hours?: number }): void;
  readonly counters: SharedCounters;
}

export function edgeInMemory(): TestEdge {
  let now = begin;
  const counters = createMemoryCounters({ now: () => now.epochMilliseconds });
  return {
    counters,
    wait(duration) {
      now = now.add(duration);
    },
    view: ({ connection, ...changes } = {}) => ({
      now: now.toString({ smallestUnit: 'millisecond' }),
      counters,
      domainId: 'domain',
      ...changes,
      connection: {
        openAtOnce: 1,
        conduct: goodConduct,
        unknownRecipients: 0,
        load: undefined,
        ...connection,
      },
    }),
  };
}

/** While what edges share is away: nothing is known, and nothing kept. */
export const countersAway: SharedCounters = {
  add: async (_key, _windowMs, by = 1) => ({ value: by, shared: false, away: true }),
  get: async () => ({ value: undefined, shared: false, away: true }),
  put: async () => ({ shared: false, away: true }),
};

/** As if all edges counted together. */
export const shared = (counters: SharedCounters): SharedCounters => ({
  add: async (...all) => ({ ...(await counters.add(...all)), shared: true }),
  get: async (...all) => ({ ...(await counters.get(...all)), shared: true }),
  put: async (...all) => ({ ...(await counters.put(...all)), shared: true }),
});
