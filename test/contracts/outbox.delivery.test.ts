/** Outbox, delivery loop and SMTP together: what was put arrives once, what was refused goes to the archive. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverDue } from '@sluice/core/edge/deliver-due.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import { createMemoryKeyStore, createVault, systemClock } from '@sluice/node-crypto';
import { createDelivery } from '@sluice/nodemailer';
import { createPause, openOutbox } from '@sluice/sqlite-edge';
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts';
import { testDomainId, testMail } from './support/edge-mail.ts';
import { eventually } from './support/eventually.ts';

describe('delivery from the outbox', () => {
  let folder: string;
  let outbox: Outbox;
  let sink: SmtpSink;
  let end: () => Promise<void>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-deliver-'));
    outbox = openOutbox({ file: join(folder, 'outbox.sqlite'), edge: 'mx1' });
  });
  afterEach(async () => {
    await end();
    await outbox.close();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(options: SmtpSinkOptions = {}): Promise<void> {
    sink = await startSmtpSink(options);
    const keys = createMemoryKeyStore();
    await keys.create(`domain-${testDomainId}`);
    const stop = new AbortController();
    const delivery = createDelivery();
    const running = deliverDue(
      {
        outbox,
        delivery,
        routeOf: () => ({ hosts: [{ host: sink.host, port: sink.port, tls: 'none' }], trusted: true }),
        accountOf: () => undefined,
        vault: createVault(keys),
        clock: systemClock,
        pause: createPause(),
      },
      { edge: 'mx1', helo: 'mx1.example.net' },
      stop.signal,
    );
    end = async () => {
      stop.abort();
      await running;
      delivery.close();
    };
  }
  const put = (number: number): Promise<void> =>
    outbox.put(testMail(number, { receivedAt: new Date().toISOString() }));

  it('brings every mail to its route once, over few connections', async () => {
    await start();
    await Promise.all(Array.from({ length: 300 }, (_, n) => put(n)));
    await eventually('all are delivered', () => outbox.status().undelivered === 0, 20_000);
    const texts = sink.mails.map(({ raw }) => raw.toString());
    expect(texts).toHaveLength(300);
    expect(new Set(texts).size).toBe(300);
    expect(sink.connections()).toBeLessThanOrEqual(13);
    expect(
      outbox.shipments({ items: 1_000, maxBytes: 1e9 }).filter(({ kind }) => kind === 'mail'),
    ).toHaveLength(300);
  });

  it('tries again what was deferred, and ships what was refused for good with its bounce', async () => {
    const asked: string[] = [];
    await start({
      onData: ({ raw }) => {
        const text = /mail (\d)/.exec(raw.toString())?.[1] ?? '';
        asked.push(text);
        return text === '1' ? '550 5.7.1 no' : text === '2' ? '451 4.3.0 later' : undefined;
      },
    });
    await Promise.all([put(1), put(2), put(3)]);
    await eventually('one is left', () => outbox.status().undelivered === 1 && asked.length === 3);
    const events = outbox.shipments({ items: 100, maxBytes: 1e9 }).filter(({ kind }) => kind === 'mail');
    expect(events.map(({ event, raw }) => `${event.type} ${raw !== undefined}`).toSorted()).toEqual([
      'MailBounced true',
      'MailDelivered false',
      'MailDeliveryDeferred false',
    ]);
    const inMs = Date.parse(outbox.nextDue()!) - Date.now();
    expect(inMs).toBeGreaterThan(15_000);
    expect(inMs).toBeLessThan(40_000);
  });
});
