/** What this edge counts: with the others where there is a Redis, else by itself. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { type ClosableCounters, connectCounters } from '@sluice/redis';
import type { Log } from '@sluice/telemetry';

export function openCounters(redisUrl: string | undefined, log: Log): ClosableCounters {
  const local = createMemoryCounters({ now: () => performance.now() });
  if (redisUrl === undefined) return { ...local, close: () => undefined };
  return connectCounters({
    url: redisUrl,
    local,
    onChange(isAway) {
      if (isAway) log.warn({}, 'Redis does not answer: this edge counts alone');
      else log.info({}, 'Redis answers: edges count together');
    },
  });
}
