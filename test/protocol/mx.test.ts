/** The role mx as it is started: fed by an intake, delivering to a route, and coming to an end cleanly. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionsRefused } from '@sluice/core/decision/edge-counters.ts';
import { parseConfig } from '@sluice/environment';
import { start } from '@sluice/mx';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { check, testDomain } from './support/edge.ts';
import { startTestIntake } from './support/mx-process.ts';
import { SmtpClient } from './support/smtp-client.ts';

type Role = Awaited<ReturnType<typeof start>>;

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

async function scene() {
  const intake = await startTestIntake();
  cleanUp.push(() => intake.close());
  const sink = await startSmtpSink();
  cleanUp.push(() => sink.close());
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mx-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  const config = parseConfig({
    SLUICE_DATA_DIR: folder,
    SLUICE_SMTP_PORT: '0',
    SLUICE_HOSTNAME: 'mx.example.net',
    SLUICE_EDGE_NAME: 'mx1',
    SLUICE_INTAKE_URL: intake.url,
    SLUICE_INTAKE_TOKEN: 'token-of-a-test',
    SLUICE_LOG_LEVEL: 'error',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const run = async (options: Parameters<typeof start>[1] = {}): Promise<Role> => {
    const role = await start(config.value, options);
    cleanUp.push(() => role[Symbol.asyncDispose]());
    return role;
  };
  const route = [{ host: '127.0.0.1', port: sink.port, tls: 'none' as const }];
  const feed = {
    domains: [
      testDomain(1, 'shop.example', { route, policy: { checks: { 'header-required': check('observe') } } }),
    ],
    serviceLists: [],
    next: '2',
    more: false,
  };
  return { intake, sink, run, feed };
}

const ready = async (
  role: Role,
): Promise<{ readonly ready: boolean; readonly parts: Record<string, unknown> }> =>
  (await fetch(`http://127.0.0.1:${role.ports.mxHealth}/readyz`)).json() as never;

async function rcpt(role: Role): Promise<string> {
  const client = await SmtpClient.ready(role.ports.smtp);
  await client.ask('MAIL FROM:<ann@example.org>');
  const { text } = await client.ask('RCPT TO:<bob@shop.example>');
  client.close();
  return text;
}

describe('the role mx', () => {
  it('asks senders to come again until it was fed, then takes, delivers and hands over', async () => {
    const { intake, sink, run, feed } = await scene();
    const role = await run();
    expect(await rcpt(role)).toMatch(/^451 4\.3\.5 /);
    expect(await ready(role)).toMatchObject({ ready: false, parts: { replica: { ready: false } } });
    intake.feed = feed;
    await eventually('the feed', async () => (await ready(role)).ready);

    const client = await SmtpClient.ready(role.ports.smtp);
    const mail =
      'Authentication-Results: mx.example.net; dmarc=pass\r\nX-Sluice-Verdict: forged\r\n' +
      'Authentication-Results: other.example; spf=pass\r\nSubject: s\r\n\r\nbody\r\n';
    expect((await client.send('ann@example.org', 'bob@shop.example', mail)).code).toBe(250);
    await eventually('the delivery', () => sink.mails.length === 1);
    const delivered = sink.mails[0]!.raw.toString();
    expect(delivered).toMatch(/^Received: from client\.example\.org \(\[127\.0\.0\.1\]\)\r\n/);
    expect(delivered).not.toMatch(/forged|dmarc=pass/);
    expect(delivered).toContain(
      'Authentication-Results: other.example; spf=pass\r\nSubject: s\r\n\r\nbody\r\n',
    );
    await eventually('decision and delivery handed over', () => {
      const types = intake.items.map(({ event }) => event.type);
      return types.includes('MailJudged') && types.includes('MailDelivered');
    });
    const metrics = await (await fetch(`http://127.0.0.1:${role.ports.mxHealth}/metrics`)).text();
    expect(metrics).toMatch(/sluice_mx_mails_total\{verdict="accept",reason="clean",role="mx"\} 1/);
    expect(metrics).toMatch(/sluice_mx_connections\{role="mx"\} \d/);
  });

  it('knows its domains again after a restart, whoever is away, and leaves the counts of refusals behind', async () => {
    const { intake, run, feed } = await scene();
    intake.feed = feed;
    const role = await run();
    await eventually('the feed', async () => (await ready(role)).ready);
    const client = await SmtpClient.ready(role.ports.smtp);
    await client.ask('MAIL FROM:<ann@example.org>');
    await client.ask('RCPT TO:<x@elsewhere.example>');
    client.close();
    await role[Symbol.asyncDispose]();
    intake.close();

    const again = await run();
    expect(await ready(again)).toMatchObject({ ready: true });
    expect(await rcpt(again)).toMatch(/^250 /);
  });

  it('hands over the counts of refusals when it is stopped', async () => {
    const { intake, run, feed } = await scene();
    intake.feed = feed;
    const role = await run();
    await eventually('the feed', async () => (await ready(role)).ready);
    const client = await SmtpClient.ready(role.ports.smtp);
    await client.ask('MAIL FROM:<ann@example.org>');
    await client.ask('RCPT TO:<x@elsewhere.example>');
    await role[Symbol.asyncDispose]();
    // What was put into the outbox at the very end goes with the next start.
    await run();
    const counted = await eventually('the counts', () =>
      intake.items.find(
        ({ event }) => event.type === ('ConnectionsRefused' satisfies ConnectionsRefused['type']),
      ),
    );
    expect(counted).toMatchObject({
      kind: 'counters',
      event: {
        data: { counts: [{ reason: 'relay-denied', code: 550, count: 1 }] },
        metadata: { edge: 'mx1' },
      },
    });
  });

  it('ends within seconds, although a client and a route do not', async () => {
    const { intake, run, feed } = await scene();
    const stalled = await startSmtpSink({ onData: () => 'stall' });
    cleanUp.push(() => stalled.close());
    const route = [{ host: '127.0.0.1', port: stalled.port, tls: 'none' as const }];
    intake.feed = { ...feed, domains: [{ ...feed.domains[0]!, route }] };
    const role = await run();
    await eventually('the feed', async () => (await ready(role)).ready);
    const client = await SmtpClient.ready(role.ports.smtp);
    await client.send('ann@example.org', 'bob@shop.example', 'Subject: s\r\n\r\n');
    await client.begin('ann@example.org', 'bob@shop.example');
    const begun = performance.now();
    await role[Symbol.asyncDispose]();
    expect(performance.now() - begun).toBeLessThan(8_000);
    expect(await client.ended()).toBe(true);
  });

  it('asks senders to come again while the disk is almost full', async () => {
    const { intake, run, feed } = await scene();
    intake.feed = feed;
    const role = await run({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    const client = await SmtpClient.ready(role.ports.smtp);
    expect((await client.ask('MAIL FROM:<ann@example.org>')).text).toMatch(/^452 4\.3\.1 /);
    expect(await ready(role)).toMatchObject({ parts: { disk: { ready: false } } });
  });

  it('says in plain words that its port is taken', async () => {
    const { run } = await scene();
    const role = await run();
    const { folder, config } = { folder: mkdtempSync(join(tmpdir(), 'sluice-mx-')), config: role.ports.smtp };
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const second = parseConfig({ SLUICE_DATA_DIR: folder, SLUICE_SMTP_PORT: String(config) });
    await expect(second.ok && start(second.value)).rejects.toThrow(`Port ${config} on 127.0.0.1 is taken`);
  });
});
