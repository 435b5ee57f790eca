/** Checks that act before there is a mail: what they answer, what they count, and that they keep no copy. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { createPause } from '@sluice/sqlite-edge';
import { describe, expect, it } from 'vitest';
import { check, domainIdOf, type EdgeChanges, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mail = 'From: Ann <ann@example.org>\r\nSubject: Lunch\r\n\r\nAt noon?\r\n';

const domainWith = (checks: Readonly<Record<string, ReturnType<typeof check>>>, lists: object[] = []) =>
  testDomain(1, 'shop.example', { policy: { checks, lists: lists as never } });

type Ports = NonNullable<EdgeChanges['ports']>;

const counting = (changes: Ports = {}): Ports => ({
  counters: createMemoryCounters({ now: () => performance.now() }),
  pause: createPause(),
  ...changes,
});

/** All that was turned away, without the minute. */
const refusals = ({ receiver }: Awaited<ReturnType<typeof startEdge>>) =>
  receiver.refusals.take().flatMap(({ data }) => data.counts);

describe('size', () => {
  const checks = { size: check('reject', { maxBytes: 1_024 }) };

  it('is refused at RCPT where it is declared, and at the end of the data where it is not', async () => {
    const edge = await startEdge([domainWith(checks)]);
    const client = await SmtpClient.ready(edge.port);
    await client.ask('MAIL FROM:<ann@example.org> SIZE=1025');
    expect((await client.ask('RCPT TO:<bob@shop.example>')).text).toMatch(/^552 5\.3\.4 /);
    await client.ask('RSET');
    await client.ask('MAIL FROM:<ann@example.org> SIZE=1000');
    expect((await client.ask('RCPT TO:<bob@shop.example>')).code).toBe(250);
    await client.ask('DATA');
    expect((await client.message('x'.repeat(1_100))).text).toMatch(/^552 5\.3\.4 /);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    expect(edge.outbox.status().unshipped).toBe(1);
    expect(refusals(edge)).toEqual([
      { reason: 'size-exceeded', code: 552, domainId: domainIdOf(1), count: 2 },
    ]);
  });

  it('only observed is in the story of the mail', async () => {
    const edge = await startEdge([domainWith({ size: check('observe', { maxBytes: 1_024 }) })]);
    const client = await SmtpClient.ready(edge.port);
    expect((await client.send('ann@example.org', 'bob@shop.example', 'x'.repeat(1_100))).code).toBe(250);
    const [decision] = await edge.decisions();
    expect(decision?.data.facts['size']).toEqual({ status: 'observed', fact: { bytes: 1_102 } });
  });
});

describe('harvesting of addresses', () => {
  it('is slowed down, then ended; recipients that exist are taken until then', async () => {
    const checks = {
      'recipient-valid': check('reject', { valid: ['bob@shop.example'] }),
      'recipient-harvest': check('reject', { maxSession: 3, slowAfter: 2, slowMs: 300 }),
    };
    const edge = await startEdge([domainWith(checks)], { ports: counting() });
    const client = await SmtpClient.ready(edge.port);
    await client.ask('MAIL FROM:<ann@example.org>');
    for (const name of ['a', 'b']) {
      expect((await client.ask(`RCPT TO:<${name}@shop.example>`)).text).toMatch(/^550 5\.1\.1 /);
    }
    const began = performance.now();
    expect((await client.ask('RCPT TO:<c@shop.example>')).text).toMatch(/^550 5\.1\.1 /);
    expect(performance.now() - began).toBeGreaterThan(280);
    expect((await client.ask('RCPT TO:<bob@shop.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<d@shop.example>')).text).toMatch(/^421 4\.7\.1 /);
    expect(await client.ended()).toBe(true);
    expect(refusals(edge)).toEqual([
      { reason: 'recipient-unknown', code: 550, domainId: domainIdOf(1), count: 3 },
      { reason: 'recipient-harvest', code: 421, domainId: domainIdOf(1), count: 1 },
    ]);
    expect(edge.errors).toEqual([]);
  });

  it('is known again on the next connection, where mail for those who exist is still taken', async () => {
    const checks = {
      'recipient-valid': check('reject', { valid: ['bob@shop.example'] }),
      'recipient-harvest': check('reject', { maxHour: 1, slowMs: 0 }),
    };
    const edge = await startEdge([domainWith(checks)], { ports: counting() });
    const first = await SmtpClient.ready(edge.port);
    await first.ask('MAIL FROM:<ann@example.org>');
    expect((await first.ask('RCPT TO:<a@shop.example>')).code).toBe(550);
    first.close();
    const second = await SmtpClient.ready(edge.port);
    expect((await second.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    await second.ask('MAIL FROM:<ann@example.org>');
    expect((await second.ask('RCPT TO:<b@shop.example>')).code).toBe(421);
  });
});

describe('greylisting', () => {
  const checks = { greylist: check('defer', { delaySeconds: 60 }) };

  it('puts off a sender at RCPT until it comes again, and says so in the mail that is taken', async () => {
    let now = Temporal.Instant.from('2026-11-22T10:00:00.000Z');
    const clock = { now: () => now.toString({ smallestUnit: 'millisecond' }) };
    const edge = await startEdge([domainWith(checks)], { ports: counting(), clock });
    const client = await SmtpClient.ready(edge.port);
    const rcpt = async () => {
      await client.ask('RSET');
      await client.ask('MAIL FROM:<ann@example.org>');
      return (await client.ask('RCPT TO:<bob@shop.example>')).text;
    };
    expect(await rcpt()).toMatch(/^451 4\.7\.1 Greylisted/);
    now = now.add({ seconds: 59 });
    expect(await rcpt()).toMatch(/^451 4\.7\.1 /);
    now = now.add({ seconds: 1 });
    expect(await rcpt()).toMatch(/^250 /);
    await client.ask('DATA');
    expect((await client.message(mail)).code).toBe(250);
    const decisions = await edge.decisions();
    expect(decisions).toHaveLength(1);
    expect(decisions[0]?.data.facts['greylist']).toMatchObject({ status: 'observed', fact: { alone: true } });
    expect(refusals(edge)).toEqual([{ reason: 'greylisted', code: 451, domainId: domainIdOf(1), count: 2 }]);
  });

  it('lets in at once who is on an allow list', async () => {
    const lists = [{ action: 'allow', pattern: 'example.org', authenticated: false }];
    const withLists = { ...checks, 'sender-list': check('reject') };
    const edge = await startEdge([domainWith(withLists, lists)], { ports: counting() });
    const client = await SmtpClient.ready(edge.port);
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    await client.ask('MAIL FROM:<ann@example.com>');
    expect((await client.ask('RCPT TO:<bob@shop.example>')).code).toBe(451);
  });

  it('does not put off a recipient that does not exist', async () => {
    const both = { ...checks, 'recipient-valid': check('reject', { valid: ['bob@shop.example'] }) };
    const edge = await startEdge([domainWith(both)], { ports: counting() });
    const client = await SmtpClient.ready(edge.port);
    await client.ask('MAIL FROM:<ann@example.org>');
    expect((await client.ask('RCPT TO:<eve@shop.example>')).code).toBe(550);
  });
});

it('callouts: a recipient that the server of the domain does not know is refused, one it cannot tell of is taken', async () => {
  const checks = { 'recipient-valid': check('reject', { callout: true }) };
  const asked: string[] = [];
  const callout: NonNullable<Ports['callout']> = async ({ recipient }) => {
    asked.push(recipient);
    return { is: recipient.startsWith('eve') ? 'unknown' : 'unsure', words: '' };
  };
  const edge = await startEdge([domainWith(checks)], { ports: counting({ callout }) });
  const client = await SmtpClient.ready(edge.port);
  await client.ask('MAIL FROM:<ann@example.org>');
  expect((await client.ask('RCPT TO:<Eve@shop.example>')).text).toMatch(/^550 5\.1\.1 /);
  expect((await client.ask('RCPT TO:<bob@shop.example>')).code).toBe(250);
  await client.ask('DATA');
  expect((await client.message(mail)).code).toBe(250);
  expect(asked).toEqual(['eve@shop.example', 'bob@shop.example']);
});
