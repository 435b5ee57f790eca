/** The operator's checks: who is let in at all, how a client has to behave, and who does not wait for the greeting. */
import type { EdgeLoad } from '@sluice/core/checks/edge-view.ts';
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { check, type EdgeChanges, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mail = 'From: Ann <ann@example.org>\r\nSubject: Lunch\r\n\r\nAt noon?\r\n';
const shop = testDomain(1, 'shop.example');

const counters = () => createMemoryCounters({ now: () => performance.now() });
const edgeUnder = (service: Record<string, ReturnType<typeof check>>, changes: EdgeChanges = {}) =>
  startEdge([shop], { ports: { counters: counters() }, options: { service }, ...changes });

const refusals = ({ receiver }: Awaited<ReturnType<typeof startEdge>>) =>
  receiver.refusals.take().flatMap(({ data }) => data.counts);

async function greeting(port: number): Promise<string> {
  const client = await SmtpClient.open(port);
  const { text } = await client.reply();
  client.close();
  return text;
}

describe('connection-load', () => {
  it('lets nobody in while the machine is too busy, and everybody afterwards', async () => {
    let load: EdgeLoad = { perCore: 0, waiting: 0, freeMiB: 10 };
    const ports = { counters: counters(), load: () => load };
    const edge = await edgeUnder(
      { 'connection-load': check('reject') },
      {
        ports,
        options: { service: { 'connection-load': check('reject') } },
      },
    );
    for (let time = 0; time < 3; time += 1) {
      expect(await greeting(edge.port)).toMatch(/^421 4\.3\.2 Too busy/);
    }
    load = { ...load, freeMiB: 10_000 };
    for (let time = 0; time < 3; time += 1) expect(await greeting(edge.port)).toMatch(/^220 /);
    expect(refusals(edge)).toEqual([{ reason: 'connection-load', code: 421, count: 3 }]);
  });
});

describe('connection-rate', () => {
  const settings = { countPrivate: true, perAddress: 2, perNetwork: 0, atOnce: 0 };

  it('turns away a client that connects too often, with a count and nothing else', async () => {
    const edge = await edgeUnder({ 'connection-rate': check('reject', settings) });
    expect(await greeting(edge.port)).toMatch(/^220 /);
    expect(await greeting(edge.port)).toMatch(/^220 /);
    expect(await greeting(edge.port)).toMatch(/^421 4\.7\.0 Too many connections/);
    expect(refusals(edge)).toEqual([{ reason: 'connection-rate', code: 421, count: 1 }]);
    expect(edge.outbox.status().unshipped).toBe(0);
  });

  it('turns away a client with too many connections at once, until some are closed', async () => {
    const atOnce = { ...settings, perAddress: 0, atOnce: 2 };
    const edge = await edgeUnder({ 'connection-rate': check('reject', atOnce) });
    const open = [await SmtpClient.ready(edge.port), await SmtpClient.ready(edge.port)];
    expect(await greeting(edge.port)).toMatch(/^421 4\.7\.0 /);
    for (const client of open) client.close();
    await eventually('room again', async () => (await greeting(edge.port)).startsWith('220 '));
    await eventually('all closed', () => edge.listener.connections() === 0);
  });

  it('only observed lets everybody in, and tells of it with the mail', async () => {
    const edge = await edgeUnder({ 'connection-rate': check('observe', { ...settings, perAddress: 1 }) });
    await greeting(edge.port);
    const client = await SmtpClient.ready(edge.port);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    const [decision] = await edge.decisions();
    expect(decision?.data.facts['connection-rate']).toMatchObject({
      status: 'observed',
      fact: { counts: [{ of: 'address', who: '127.0.0.1', value: 2, limit: 1 }], alone: true },
    });
  });

  it('does not count clients with private addresses by default', async () => {
    const edge = await edgeUnder({ 'connection-rate': check('reject', { perAddress: 1 }) });
    for (let time = 0; time < 5; time += 1) expect(await greeting(edge.port)).toMatch(/^220 /);
  });
});

describe('connection-abuse', () => {
  const talk = 'POST /submit HTTP/1.1\r\nHost: mx\r\n\r\nEHLO proxy\r\nMAIL FROM:<a@example.org>\r\n';

  it('cuts a proxy at its first request, before it has sent any mail', async () => {
    const edge = await edgeUnder({ 'connection-abuse': check('reject') });
    const client = await SmtpClient.open(edge.port);
    await client.reply();
    client.write(talk);
    expect((await client.reply()).text).toMatch(/^421 4\.7\.0 This is SMTP/);
    expect(await client.ended()).toBe(true);
    expect(refusals(edge)).toEqual([{ reason: 'http-request', code: 421, count: 1 }]);
  });

  it('only observed lets it go on, and the mail tells of it', async () => {
    const edge = await edgeUnder({ 'connection-abuse': check('observe') });
    const client = await SmtpClient.open(edge.port);
    await client.reply();
    client.write('GET / HTTP/1.1\r\nRCPT TO:<x@shop.example>\r\nXYZZY\r\n');
    expect([(await client.reply()).code, (await client.reply()).code, (await client.reply()).code]).toEqual([
      500, 503, 500,
    ]);
    await client.ask('EHLO proxy.example');
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    const [decision] = await edge.decisions();
    expect(decision?.data.facts['connection-abuse']).toMatchObject({
      status: 'observed',
      fact: { conduct: { httpRequests: 1, unknownCommands: 1, beforeHello: 1 } },
    });
    expect(decision?.data.verdict).toBe('accept');
  });

  it('ends a client that guesses commands, and one that sends before HELO', async () => {
    const edge = await edgeUnder({
      'connection-abuse': check('reject', { maxUnknown: 1, maxBeforeHello: 1 }),
    });
    const first = await SmtpClient.ready(edge.port);
    expect([(await first.ask('A')).code, (await first.ask('B')).code]).toEqual([500, 421]);
    const second = await SmtpClient.open(edge.port);
    await second.reply();
    expect([
      (await second.ask('MAIL FROM:<a@example.org>')).code,
      (await second.ask('DATA')).text.slice(0, 9),
    ]).toEqual([503, '421 4.7.0']);
    expect(refusals(edge).map(({ reason }) => reason)).toEqual(['unknown-commands', 'before-hello']);
  });

  it('counts unknown commands anew after a mail', async () => {
    const edge = await edgeUnder({ 'connection-abuse': check('reject', { maxUnknown: 1 }) });
    const client = await SmtpClient.ready(edge.port);
    for (let time = 0; time < 3; time += 1) {
      expect((await client.ask('XYZZY')).code).toBe(500);
      expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    }
  });
});

describe('early-talker', () => {
  const limits = { bannerDelayMs: 100 };

  it('is refused after DATA by a domain that wants it, with a copy', async () => {
    const domain = testDomain(1, 'shop.example', { policy: { checks: { 'early-talker': check('reject') } } });
    const edge = await startEdge([domain], { limits });
    const client = await SmtpClient.open(edge.port);
    client.write('EHLO spam.example\r\n');
    expect((await client.reply()).code).toBe(220);
    expect((await client.reply()).code).toBe(250);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).text).toMatch(/^554 5\.5\.1 /);
    const [decision] = await edge.decisions();
    expect(decision?.data).toMatchObject({ reason: 'early-talker', kept: true });
    expect(decision?.data.envelope.earlyTalker).toBe(true);
  });

  it('is judged by those alone who talk early', async () => {
    const domain = testDomain(1, 'shop.example', { policy: { checks: { 'early-talker': check('reject') } } });
    const edge = await startEdge([domain], { limits });
    const client = await SmtpClient.ready(edge.port);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    const [decision] = await edge.decisions();
    expect(decision?.data.envelope).not.toHaveProperty('earlyTalker');
  });
});
