/** The example check of docs/plugin in the role mx as it is started: loaded by the configuration, it judges and is told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionFormats, type MailJudged, type MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import { parseConfig } from '@sluice/environment';
import { start } from '@sluice/mx';
import { createVault } from '@sluice/node-crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { check, testDomain } from './support/edge.ts';
import { startTestIntake } from './support/mx-process.ts';
import { SmtpClient } from './support/smtp-client.ts';

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

function configOf(more: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-plugin-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  const config = parseConfig({
    SLUICE_DATA_DIR: folder,
    SLUICE_SMTP_PORT: '0',
    SLUICE_HOSTNAME: 'mx.example.net',
    SLUICE_LOG_LEVEL: 'error',
    ...more,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  return config.value;
}

const mail = (replyTo: string) =>
  `From: Boss <boss@firm.example>\r\nReply-To: ${replyTo}\r\nSubject: Urgent\r\n\r\nPay.\r\n`;

describe('a check of a third party', () => {
  it('judges the mail of the real edge, and its points stand in the header of what is delivered', async () => {
    const intake = await startTestIntake();
    cleanUp.push(() => intake.close());
    const sink = await startSmtpSink();
    cleanUp.push(() => sink.close());
    const route = [{ host: '127.0.0.1', port: sink.port, tls: 'none' as const }];
    const domain = testDomain(1, 'shop.example', { route });
    const { checks } = domain.policy;
    const policy = { ...domain.policy, checks: { ...checks, 'reply-elsewhere': check('score') } };
    intake.feed = { domains: [{ ...domain, policy }], serviceLists: [], next: '2', more: false };
    const role = await start(
      configOf({
        SLUICE_CHECKS: 'docs/plugin/reply-elsewhere.ts',
        SLUICE_INTAKE_URL: intake.url,
        SLUICE_INTAKE_TOKEN: 'token-of-a-test',
      }),
    );
    cleanUp.push(() => role[Symbol.asyncDispose]());
    const health = `http://127.0.0.1:${role.ports.mxHealth}/readyz`;
    await eventually('the feed', async () => (await fetch(health)).ok);

    const client = await SmtpClient.ready(role.ports.smtp);
    await client.send('ann@example.org', 'bob@shop.example', mail('boss@freemail.example'));
    await client.send('ann@example.org', 'bob@shop.example', mail('desk@firm.example'));
    await eventually('both deliveries', () => sink.mails.length === 2);
    const [marked, plain] = sink.mails
      .map(({ raw }) => raw.toString())
      .toSorted((one) => (one.includes('freemail') ? -1 : 1));
    expect(marked).toContain('X-Sluice-Verdict: tag; reason=score-tag; score=5; ');
    expect(marked).toContain('checks=reply-elsewhere:5;');
    expect(plain).toContain('X-Sluice-Verdict: accept; reason=clean; score=0; ');

    const judged = await eventually('the decisions', () => {
      const events = intake.items.filter(({ event }) => event.type === 'MailJudged');
      return events.length === 2 ? events : undefined;
    });
    const vault = createVault({ get: () => domain.dataKey });
    const codec = createEventCodec<MailJudged>(decisionFormats, vault);
    const opened: MailJudgedData[] = [];
    for (const { event } of judged) {
      const decoded = await codec.decode(event);
      if (decoded.ok) opened.push(decoded.value.data);
    }
    const bit = 1n << 100n;
    expect(opened.map(({ ran }) => BigInt(`0x${ran}`) & bit)).toEqual([bit, bit]);
    expect(opened.find(({ verdict }) => verdict === 'tag')?.facts['reply-elsewhere']).toEqual({
      status: 'observed',
      fact: { from: 'firm.example', replyTo: 'freemail.example' },
    });
  });

  it('that does not fit ends the start with a sentence for each fault', async () => {
    const starting = start(configOf({ SLUICE_CHECKS: 'docs/plugin/not-there.ts,docs/plugin/README.md' }));
    await expect(starting).rejects.toThrow(/SLUICE_CHECKS: docs\/plugin\/not-there\.ts: .+\n.+README\.md: /);
  });
});
