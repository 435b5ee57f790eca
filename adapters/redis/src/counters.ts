/** SharedCounters on Redis; what this edge counts it also remembers by itself, and goes on with while Redis is away. */
import type { SharedCounters } from '@sluice/core/ports/shared-counters.ts';
import type { Result } from 'ioredis';
import { createBreaker } from './breaker.ts';
import { connect } from './connection.ts';

export interface CountersOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** The same for this edge alone: fed all the time, asked while Redis is away. */
  readonly local: SharedCounters;
  /** Longest wait for an answer, in ms; 50. */
  readonly deadlineMs?: number;
  /** Between two tries whether Redis is back, in ms; 500. */
  readonly retryMs?: number;
  /** Redis is away (true), or back. */
  readonly onChange?: (isAway: boolean) => void;
}

export interface ClosableCounters extends SharedCounters {
  close(): void;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    sluiceAdd(key: string, by: number, windowMs: number): Result<number, Context>;
  }
}

const prefix = 'sluice:edge:';

/** The window begins with the first that is added; a count that lost its end (a restored dump) gets one again. */
const addScript = `
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value`;

const shared = { shared: true } as const;
const away = { shared: false, away: true } as const;

/** Connects in the background: until the first connection stands, Redis counts as away. */
export function connectCounters(options: CountersOptions): ClosableCounters {
  const { url, local, deadlineMs = 50, retryMs = 500, onChange = () => undefined } = options;
  const redis = connect(url, {
    keyPrefix: prefix,
    scripts: { sluiceAdd: { lua: addScript, numberOfKeys: 1 } },
  });
  const breaker = createBreaker({
    deadlineMs,
    retryMs,
    isConnected: () => redis.status === 'ready',
    ping: () => redis.ping(),
    onChange,
  });

  return {
    async add(key, windowMs, by = 1) {
      const own = local.add(key, windowMs, by);
      const answered = await breaker.ask(async () =>
        by === 0 ? Number((await redis.get(key)) ?? 0) : redis.sluiceAdd(key, by, windowMs),
      );
      return answered === undefined
        ? { value: (await own).value, ...away }
        : { value: answered.value, ...shared };
    },
    async get(key) {
      const answered = await breaker.ask(() => redis.get(key));
      // What was remembered while Redis was away is known here alone.
      if (typeof answered?.value === 'string') return { value: answered.value, ...shared };
      const { value } = await local.get(key);
      return { value, ...(answered === undefined ? away : shared) };
    },
    async put(key, value, ttlMs) {
      const own = local.put(key, value, ttlMs);
      const answered = await breaker.ask(() => redis.set(key, value, 'PX', Math.max(1, Math.ceil(ttlMs))));
      await own;
      return answered === undefined ? away : shared;
    },
    close() {
      breaker[Symbol.dispose]();
      redis.disconnect();
    },
  };
}
