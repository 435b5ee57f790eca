/** Counting on a real Redis: the contract, several edges, and a Redis that goes away and comes back. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { connectCounters } from '@sluice/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSharedCounters } from './shared-counters.contract.ts';
import { eventually } from './support/eventually.ts';
import { redisMissing, startRedis, type TestRedis } from './support/redis.ts';

describe.skipIf(redisMissing)('SharedCounters on Redis (needs redis-server)', () => {
  let redis: TestRedis;
  const open: (() => void)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const close of open) close();
    await redis?.stop();
  });

  /** The deadline is one for a machine that has other things to do, too. */
  async function connect(url: string, deadlineMs = 5_000) {
    const changes: boolean[] = [];
    const local = createMemoryCounters({ now: () => performance.now() });
    const counters = connectCounters({
      url,
      local,
      deadlineMs,
      retryMs: 50,
      onChange: (is) => changes.push(is),
    });
    open.push(() => counters.close());
    await eventually('Redis to be there', async () => (await counters.get('any')).shared);
    return { counters, changes };
  }

  describe('the contract', () => {
    let counters: Awaited<ReturnType<typeof connect>>['counters'];
    beforeAll(async () => {
      ({ counters } = await connect(redis.createDatabase()));
    });
    describeSharedCounters(() => counters, true);
  });

  it('counts together what several edges count', async () => {
    const url = redis.createDatabase();
    const [one, other] = [await connect(url), await connect(url)];
    await one.counters.add('rate', 60_000);
    expect(await other.counters.add('rate', 60_000)).toEqual({ value: 2, shared: true });
    await one.counters.put('known', 'yes', 60_000);
    expect(await other.counters.get('known')).toEqual({ value: 'yes', shared: true });
  });

  it('goes on alone while Redis is away, keeps nobody waiting, and is together again by itself', async () => {
    const { counters, changes } = await connect(redis.createDatabase());
    await counters.add('rate', 60_000, 3);
    await counters.put('known', 'yes', 60_000);
    await redis.kill();
    const began = performance.now();
    expect(await counters.add('rate', 60_000)).toEqual({ value: 4, shared: false, away: true });
    expect(await counters.get('known')).toEqual({ value: 'yes', shared: false, away: true });
    for (let count = 0; count < 500; count += 1) await counters.add('rate', 60_000);
    expect(performance.now() - began).toBeLessThan(1_000);
    await counters.put('meanwhile', 'kept here', 60_000);
    await redis.restart();
    await eventually('Redis to be back', async () => (await counters.add('rate', 60_000, 0)).shared);
    expect(await counters.get('known')).toEqual({ value: 'yes', shared: true });
    expect(await counters.get('meanwhile')).toEqual({ value: 'kept here', shared: true });
    expect(changes.slice(-2)).toEqual([true, false]);
  });

  it('waits for a Redis that hangs no longer than its deadline, and only once', async () => {
    const { counters } = await connect(redis.createDatabase(), 100);
    redis.pause();
    try {
      const began = performance.now();
      expect(await counters.add('rate', 60_000)).toEqual({ value: 1, shared: false, away: true });
      expect(performance.now() - began).toBeLessThan(500);
      const second = performance.now();
      for (let count = 0; count < 20; count += 1) await counters.add('rate', 60_000);
      expect(performance.now() - second).toBeLessThan(500);
    } finally {
      redis.resume();
    }
    await eventually('Redis to be back', async () => (await counters.add('rate', 60_000, 0)).shared);
  });
});
