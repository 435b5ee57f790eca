/** What edges share where there is a Redis: what they count, and what DNS took long to answer; else each goes alone. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { type ClosableAnswers, type ClosableCounters, connectAnswers, connectCounters } from '@sluice/redis';
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

/** While Redis is away, an edge asks its name server alone, as it does without one. */
export const openSharedAnswers = (redisUrl: string | undefined): ClosableAnswers | undefined =>
  redisUrl === undefined ? undefined : connectAnswers({ url: redisUrl });
