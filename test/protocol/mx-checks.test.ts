/** The role mx with the operator's checks as its configuration sets them, and with recipients that it learns and asks for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseConfig } from '@sluice/environment';
import { start } from '@sluice/mx';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { redisMissing, startRedis } from '../contracts/support/redis.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { check, testDomain } from './support/edge.ts';
import { startTestIntake } from './support/mx-process.ts';
import { SmtpClient } from './support/smtp-client.ts';

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

interface Scene {
  readonly keys?: Readonly<Record<string, string>>;
  readonly settings?: Parameters<typeof check>[1];
  readonly trusted?: boolean;
  readonly checks?: Readonly<Record<string, ReturnType<typeof check>>>;
}

/** A running mx whose one domain knows only bob. */
async function scene({ keys = {}, settings = {}, trusted = true, checks = {} }: Scene = {}) {
  const intake = await startTestIntake();
  cleanUp.push(() => intake.close());
  const sink = await startSmtpSink({
    onRcpt: (recipient) => (recipient.startsWith('bob@') ? undefined : '550 5.1.1 nobody of that name'),
  });
  cleanUp.push(() => sink.close());
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mx-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  const config = parseConfig({
    SLUICE_DATA_DIR: folder,
    SLUICE_SMTP_PORT: '0',
    SLUICE_HOSTNAME: 'mx.example.net',
    SLUICE_INTAKE_URL: intake.url,
    SLUICE_INTAKE_TOKEN: 'token-of-a-test',
    SLUICE_LOG_LEVEL: 'error',
    ...keys,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const domain = testDomain(1, 'shop.example', {
    route: [{ host: '127.0.0.1', port: sink.port, tls: 'none' }],
    routeTrusted: trusted,
    policy: { checks: { 'recipient-valid': check('reject', settings), ...checks } },
  });
  intake.feed = { domains: [domain], serviceLists: [], next: '2', more: false };
  const role = await start(config.value);
  cleanUp.push(() => role[Symbol.asyncDispose]());
  await eventually('the feed', async () => {
    const { ready } = (await (await fetch(`http://127.0.0.1:${role.ports.mxHealth}/readyz`)).json()) as {
      ready: boolean;
    };
    return ready;
  });
  return { intake, sink, port: role.ports.smtp };
}

async function rcpt(port: number, recipient: string, sender = 'ann@example.org'): Promise<string> {
  const client = await SmtpClient.ready(port);
  await client.ask(`MAIL FROM:<${sender}>`);
  const { text } = await client.ask(`RCPT TO:<${recipient}>`);
  client.close();
  return text;
}

describe('the role mx', () => {
  it('asks the server of a domain about its recipients', async () => {
    const { port, sink } = await scene({ settings: { callout: true } });
    expect(await rcpt(port, 'bob@shop.example')).toMatch(/^250 /);
    expect(await rcpt(port, 'eve@shop.example')).toMatch(/^550 5\.1\.1 /);
    expect(sink.mails).toEqual([]);
  });

  it("asks nobody inside our network for a customer's own route, and takes the mail", async () => {
    const { port, sink } = await scene({ settings: { callout: true }, trusted: false });
    expect(await rcpt(port, 'eve@shop.example')).toMatch(/^250 /);
    expect(sink.connections()).toBe(0);
  });

  it('learns from a refused delivery who does not exist', async () => {
    const { port } = await scene({ settings: { learn: true } });
    const client = await SmtpClient.ready(port);
    expect((await client.send('ann@example.org', 'eve@shop.example', 'Subject: s\r\n\r\nx\r\n')).code).toBe(
      250,
    );
    await eventually('it to be known', async () =>
      (await rcpt(port, 'eve@shop.example')).startsWith('550 5.1.1 '),
    );
    expect(await rcpt(port, 'bob@shop.example')).toMatch(/^250 /);
  });

  it('keeps clients waiting for the greeting as long as it is told to', async () => {
    const { port } = await scene({ keys: { SLUICE_BANNER_DELAY_MS: '300' } });
    const began = performance.now();
    await SmtpClient.ready(port);
    expect(performance.now() - began).toBeGreaterThan(290);
  });

  it('lets nobody in below the disk space that it is told to keep', async () => {
    const { port } = await scene({ keys: { SLUICE_MIN_FREE_MIB: '900000000' } });
    const client = await SmtpClient.open(port);
    expect((await client.reply()).text).toMatch(/^421 4\.3\.2 Too busy/);
  });

  it('cuts proxies, and those who guess commands', async () => {
    const { port } = await scene({ keys: { SLUICE_MAX_UNKNOWN_COMMANDS: '1' } });
    const proxy = await SmtpClient.open(port);
    await proxy.reply();
    expect((await proxy.ask('CONNECT mail.example:25 HTTP/1.1')).text).toMatch(/^421 4\.7\.0 /);
    const guesser = await SmtpClient.ready(port);
    expect([(await guesser.ask('A')).code, (await guesser.ask('B')).code]).toEqual([500, 421]);
  });

  it('leaves alone whom it is told to', async () => {
    const keys = { SLUICE_MAX_UNKNOWN_COMMANDS: '1', SLUICE_CONNECTION_EXEMPT: '192.0.2.1, 127.0.0.0/8' };
    const { port } = await scene({ keys });
    const client = await SmtpClient.ready(port);
    for (const word of ['A', 'B', 'C']) expect((await client.ask(word)).code).toBe(500);
  });

  it.skipIf(redisMissing)('remembers with other edges over Redis (needs redis-server)', async () => {
    const redis = await startRedis();
    cleanUp.push(() => redis.stop());
    const keys = { SLUICE_REDIS_URL: redis.createDatabase() };
    const checks = { greylist: check('defer', { delaySeconds: 1 }) };
    const [one, other] = [await scene({ keys, checks }), await scene({ keys, checks })];
    let count = 0;
    const stranger = (): string => `a@new${(count += 1)}.example`;
    const isTold = async ({ port }: typeof one, sender: string, code: number): Promise<boolean> =>
      (await rcpt(port, 'bob@shop.example', sender)).startsWith(`${code} `);
    // While Redis does not answer in time nobody is sent away, so that a slow machine has to try again.
    await eventually(
      'the other edge to know at once who came to the first, and nobody else',
      async () => {
        const sender = stranger();
        if (!(await isTold(one, sender, 451))) return false;
        await setTimeout(1_100);
        return (await isTold(other, sender, 250)) && (await isTold(other, stranger(), 451));
      },
      25_000,
    );
  });
});
