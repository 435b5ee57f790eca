/** Edges that share a Redis, and a Redis that goes away in the middle: no mail waits for it, and none is refused for it. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { connectCounters } from '@sluice/redis';
import { createPause } from '@sluice/sqlite-edge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { redisMissing, startRedis, type TestRedis } from '../contracts/support/redis.ts';
import { check, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mail = 'From: Ann <ann@example.org>\r\nSubject: Lunch\r\n\r\nAt noon?\r\n';

describe.skipIf(redisMissing)('edges over one Redis (needs redis-server)', () => {
  let redis: TestRedis;
  const open: (() => void)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const close of open) close();
    await redis?.stop();
  });

  const shop = testDomain(1, 'shop.example', {
    policy: {
      checks: {
        greylist: check('defer', { delaySeconds: 60 }),
        'recipient-valid': check('reject', { learn: true, valid: ['*@shop.example'] }),
        'recipient-harvest': check('reject'),
      },
    },
  });
  const service = {
    'connection-rate': check('reject', { countPrivate: true, perAddress: 1_000, perNetwork: 0, atOnce: 0 }),
  };
  let now = Temporal.Instant.from('2026-11-22T10:00:00.000Z');
  const clock = { now: () => now.toString({ smallestUnit: 'millisecond' }) };

  async function edgeOver(url: string) {
    const counters = connectCounters({
      url,
      local: createMemoryCounters({ now: () => performance.now() }),
      deadlineMs: 1_000,
      retryMs: 50,
    });
    open.push(() => counters.close());
    await eventually('Redis to be there', async () => (await counters.get('any')).shared);
    const ports = { counters, pause: createPause() };
    const edge = await startEdge([shop], { ports, clock, options: { service } });
    return { ...edge, counters };
  }

  const rcpt = async (port: number, sender: string, recipient = 'bob@shop.example'): Promise<string> => {
    const client = await SmtpClient.ready(port);
    await client.ask(`MAIL FROM:<${sender}>`);
    const { text } = await client.ask(`RCPT TO:<${recipient}>`);
    client.close();
    return text;
  };

  it('remember together who has come before', async () => {
    const url = redis.createDatabase();
    const [one, other] = [await edgeOver(url), await edgeOver(url)];
    expect(await rcpt(one.port, 'ann@example.org')).toMatch(/^451 4\.7\.1 /);
    now = now.add({ seconds: 60 });
    expect(await rcpt(other.port, 'ann@example.org')).toMatch(/^250 /);
    const client = await SmtpClient.ready(one.port);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    const [decision] = await one.decisions();
    expect(decision?.data.facts['greylist']).toMatchObject({ status: 'observed' });
    expect(decision?.data.facts['greylist']).not.toHaveProperty('fact.alone');
  });

  it('take mail as if nothing were while it is away, and say in the mail that they are alone', async () => {
    const edge = await edgeOver(redis.createDatabase());
    expect(await rcpt(edge.port, 'carol@example.org')).toMatch(/^451 /);
    const client = await SmtpClient.ready(edge.port);
    await client.ask('MAIL FROM:<dave@example.org>');
    await redis.kill();
    // In the middle of a session, then many more: each is answered at once, nobody is sent away that is not known.
    expect((await client.ask('RCPT TO:<bob@shop.example>')).code).toBe(250);
    await client.ask('DATA');
    expect((await client.message(mail)).code).toBe(250);
    const began = performance.now();
    for (let time = 0; time < 20; time += 1) {
      expect(await rcpt(edge.port, `new${time}@example${time}.org`)).toMatch(/^250 /);
    }
    expect(performance.now() - began).toBeLessThan(5_000);
    const [decision] = await edge.decisions();
    expect(decision?.data.facts['greylist']).toMatchObject({ fact: { alone: true, away: true } });
    expect(edge.errors).toEqual([]);

    await redis.restart();
    await eventually('Redis to be back', async () => (await edge.counters.get('any')).shared);
    expect(await rcpt(edge.port, 'erin@unknown.example')).toMatch(/^451 /);
    now = now.add({ seconds: 60 });
    expect(await rcpt(edge.port, 'carol@example.org')).toMatch(/^250 /);
  });

  it('are not held up by one that hangs', async () => {
    const edge = await edgeOver(redis.createDatabase());
    redis.pause();
    try {
      const first = performance.now();
      expect(await rcpt(edge.port, 'fay@example.org')).toMatch(/^250 /);
      expect(performance.now() - first).toBeLessThan(4_000);
      const second = performance.now();
      for (let time = 0; time < 10; time += 1) {
        expect(await rcpt(edge.port, `gil${time}@other${time}.org`)).toMatch(/^250 /);
      }
      expect(performance.now() - second).toBeLessThan(2_000);
    } finally {
      redis.resume();
    }
  });
});
