/** A connection for what somebody waits for: nothing is queued for it, and nothing is asked twice. */
import { Redis } from 'ioredis';

interface Own {
  readonly keyPrefix: string;
  readonly scripts?: Record<string, { lua: string; numberOfKeys: number }>;
}

export function connect(url: string, { keyPrefix, scripts = {} }: Own): Redis {
  const redis = new Redis(url, {
    keyPrefix,
    scripts,
    // The deadlines of whoever asks are shorter than any of that.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    connectTimeout: 5_000,
    keepAlive: 10_000,
  });
  // Who asks says that it is away, once, and not for every try.
  redis.on('error', () => undefined);
  return redis;
}
