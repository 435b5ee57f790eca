/** DNS answers that edges share on a real Redis: what one has waited for the others have at once, and nobody waits for Redis. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createResolver, type ResolverOptions } from '@sluice/dns';
import { connectAnswers } from '@sluice/redis';
import { startDnsServer, type Zone } from '../support/dns-server.ts';
import { eventually } from './support/eventually.ts';
import { redisMissing, startRedis, type TestRedis } from './support/redis.ts';

describe.skipIf(redisMissing)('DNS answers on Redis (needs redis-server)', () => {
  let redis: TestRedis;
  const open: (() => unknown)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });
  afterAll(() => redis?.stop());

  async function connect(url: string) {
    const shared = connectAnswers({ url, deadlineMs: 5_000, retryMs: 50 });
    open.push(() => shared.close());
    await eventually('Redis to be there', async () => {
      shared.put('A ready.example', { answer: { status: 'no-data' }, ttl: 60 });
      return (await shared.get('A ready.example')) !== undefined;
    });
    return shared;
  }

  /** An edge of its own: its name server has this zone. */
  async function edge(url: string, zone: Zone, options: Partial<ResolverOptions> = {}) {
    const server = await startDnsServer(zone, 0, { ttl: 300, negativeTtl: 120 });
    open.push(() => server.close());
    const shared = await connect(url);
    return { server, shared, resolver: createResolver({ server: server.address, shared, ...options }) };
  }

  const zone: Zone = { 'a.example': { A: ['192.0.2.1'], TXT: ['some text'] } };
  const silent: Zone = { 'a.example': 'SILENCE', 'gone.example': 'SILENCE' };
  const limits = { deadlineMs: 5_000 };

  it('has at once what another edge has waited for, absences too, with the time that is left', async () => {
    const url = redis.createDatabase();
    const first = await edge(url, zone, { patienceMs: 0 });
    await first.resolver.resolve('a.example', 'A', limits);
    await first.resolver.resolve('gone.example', 'MX', limits);
    const second = await edge(url, silent);
    await eventually('it is put', async () => (await second.shared.get('MX gone.example')) !== undefined);
    const began = performance.now();
    const answer = await second.resolver.resolve('a.example', 'A', limits);
    expect(answer).toMatchObject({ status: 'found', records: ['192.0.2.1'] });
    expect(answer.status === 'found' && answer.ttl).toBeGreaterThan(290);
    expect(await second.resolver.resolve('gone.example', 'MX', limits)).toEqual({ status: 'no-name' });
    expect(performance.now() - began).toBeLessThan(1_500);
    // And remembers it by itself: nobody is asked again.
    second.shared.close();
    expect(await second.resolver.resolve('a.example', 'A', limits)).toMatchObject({ status: 'found' });
    expect(second.server.queries).toEqual(['A a.example', 'MX gone.example']);
  });

  it('does not trouble Redis with what the name server answers at once', async () => {
    const url = redis.createDatabase();
    const { resolver, shared } = await edge(url, zone, { patienceMs: 5_000 });
    expect(await resolver.resolve('a.example', 'TXT', limits)).toMatchObject({ records: ['some text'] });
    expect(await shared.get('TXT a.example')).toBeUndefined();
  });

  it('shares no failure, and keeps an answer of others although its own name server fails after all', async () => {
    const url = redis.createDatabase();
    const failing = await edge(url, { 'a.example': 'SERVFAIL' }, { patienceMs: 0 });
    expect(await failing.resolver.resolve('a.example', 'A', limits)).toMatchObject({ status: 'failed' });
    expect(await failing.shared.get('A a.example')).toBeUndefined();
    const first = await edge(url, zone, { patienceMs: 0 });
    await first.resolver.resolve('a.example', 'A', limits);
    const second = await edge(url, silent, { tryMs: 50, tries: 1 });
    await eventually('it is put', async () => (await second.shared.get('A a.example')) !== undefined);
    expect(await second.resolver.resolve('a.example', 'A', limits)).toMatchObject({ status: 'found' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await second.resolver.resolve('a.example', 'A', limits)).toMatchObject({ status: 'found' });
  });

  it('forgets with the time that an answer holds, and reads nothing that is no answer', async () => {
    const shared = await connect(redis.createDatabase());
    shared.put('A short.example', { answer: { status: 'no-name' }, ttl: 0.2 });
    await eventually('it is gone', async () => (await shared.get('A short.example')) === undefined);
  });

  it('goes on with the name server alone while Redis is away or hangs', async () => {
    const { resolver } = await edge(redis.createDatabase(), zone, { patienceMs: 0 });
    redis.pause();
    try {
      const began = performance.now();
      expect(await resolver.resolve('a.example', 'A', limits)).toMatchObject({ status: 'found' });
      expect(performance.now() - began).toBeLessThan(1_000);
    } finally {
      redis.resume();
    }
    await redis.kill();
    const began = performance.now();
    expect(await resolver.resolve('a.example', 'TXT', limits)).toMatchObject({ status: 'found' });
    for (let n = 0; n < 200; n += 1) await resolver.resolve(`n${n}.example`, 'A', limits);
    expect(performance.now() - began).toBeLessThan(3_000);
    await redis.restart();
  });
});
