/** Daily roots on a real log: each day once, missed days too, and sent out until they have arrived. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishRoots } from '@sluice/core/audit/publish-roots.ts';
import { rootDays } from '@sluice/core/audit/root-days.ts';
import { readRoots } from '@sluice/core/audit/read-roots.ts';
import { statementHash } from '@sluice/core/audit/root.ts';
import { fail, ok } from '@sluice/core/kernel/result.ts';
import type { RootPublisher } from '@sluice/core/ports/root-publisher.ts';
import { closeServer, listen } from '@sluice/telemetry';
import { createRootMail, createWebhook, rootLine } from '@sluice/workers/root-publishers';
import { createDelivery } from '@sluice/nodemailer';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { createZoneResolver } from '../support/zone-resolver.ts';
import { type Audited, startAudited } from './decisions.harness.ts';
import { usePostgres } from './support/postgres.ts';

describe('daily roots', () => {
  const postgres = usePostgres();
  let audited: Audited;
  beforeAll(async () => {
    audited = await startAudited(postgres.url);
  });
  afterAll(() => audited.close());

  const roots = () => Array.fromAsync(readRoots(audited.store));
  const context = { now: '2026-11-22T00:05:00.000Z', signal: new AbortController().signal };

  it('are none while there is no decision', async () => {
    expect(await audited.sign(1)).toEqual([]);
  });

  it('are one a day, each after the one before, with days caught up that were missed', async () => {
    const { edge } = await audited.domain();
    const recorder = edge('mx1');
    await recorder.record(await recorder.decide(3));
    const [first] = await audited.sign(1);
    await recorder.record(await recorder.decide(3));
    await audited.sign(4);
    const all = await roots();
    expect(all).toHaveLength(4);
    expect(all[0]).toEqual(first);
    for (const [index, { statement }] of all.entries()) {
      const before = all[index - 1]?.statement;
      expect(statement.previous).toBe(before === undefined ? '0'.repeat(64) : statementHash(before));
    }
    const idle = all.slice(2).map(({ statement }) => statement.root);
    expect(idle[0]).toBe(idle[1]);
  });

  it('are signed once where two sign at the same time', async () => {
    const before = (await roots()).length;
    await Promise.allSettled([audited.sign(5), audited.sign(5), audited.sign(5)]);
    expect(await roots()).toHaveLength(before + 1);
  });

  describe('sent out', () => {
    const got: string[] = [];
    let publisher: RootPublisher;
    beforeEach(() => {
      let failures = 1;
      got.length = 0;
      publisher = {
        name: crypto.randomUUID(),
        async publish(root) {
          if (failures-- > 0) return fail('Not now.');
          got.push(root.statement.day);
          return ok(undefined);
        },
      };
    });

    it('go again until they have arrived, in order, and then no more', async () => {
      expect(await publishRoots(audited.store, publisher, context)).toEqual(fail('Not now.'));
      expect(await publishRoots(audited.store, publisher, context)).toEqual(ok(1));
      await audited.sign(7);
      expect(await publishRoots(audited.store, publisher, context)).toEqual(ok(2));
      expect(await publishRoots(audited.store, publisher, context)).toEqual(ok(0));
      const days = (await roots()).map(({ statement }) => statement.day);
      expect(got).toEqual(days.slice(-3));
    });

    it('are told day by day to a domain, with its own decisions and when they went', async () => {
      const { domainId, edge } = await audited.domain();
      const recorder = edge('mx2');
      await recorder.record(await recorder.decide(2));
      await audited.sign(8);
      await publishRoots(audited.store, publisher, context);
      await publishRoots(audited.store, publisher, context);
      const query = { domainId, limit: 3, publishers: [publisher.name] };
      const days = await rootDays(audited.store, query);
      const all = (await roots()).map(({ statement }) => statement);
      expect(days.map(({ day, root }) => ({ day, root }))).toEqual(
        all
          .slice(-3)
          .toReversed()
          .map(({ day, root }) => ({ day, root })),
      );
      expect(days.reduce((sum, { decisions = 0 }) => sum + decisions, 0)).toBe(2);
      expect(days[0]?.sent).toMatchObject([{ by: publisher.name }]);
      expect(await rootDays(audited.store, { ...query, domainId: crypto.randomUUID() })).toMatchObject([
        { decisions: undefined },
        { decisions: undefined },
        { decisions: undefined },
      ]);
    });

    it('are one line of JSON to the webhook, which has to answer 2xx', async () => {
      const bodies: string[] = [];
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => {
          bodies.push(body);
          response.writeHead(bodies.length === 1 ? 500 : 204).end();
        });
      });
      const port = await listen(server, { host: '127.0.0.1', port: 0 });
      const webhook = createWebhook(`http://127.0.0.1:${port}/roots?token=secret`);
      const [root] = await roots();
      expect(await webhook.publish(root!, context.signal)).toEqual(fail('The webhook answered 500.'));
      expect(await webhook.publish(root!, context.signal)).toEqual(ok(undefined));
      expect(bodies).toEqual([rootLine(root!), rootLine(root!)]);
      await closeServer(server);
      const away = await webhook.publish(root!, context.signal);
      expect(JSON.stringify(away)).not.toContain('secret');
    });

    it('are a mail with that line to the mail servers of the address', async () => {
      await using stack = new AsyncDisposableStack();
      const sink = await startSmtpSink();
      stack.defer(() => sink.close());
      const delivery = createDelivery();
      stack.defer(() => delivery.close());
      const resolver = createZoneResolver({ 'auditor.example': { MX: ['10 127.0.0.1'] } });
      const ports = { delivery, resolver, hostname: 'mx.example.net', port: sink.port };
      const [root] = await roots();
      const mail = createRootMail(ports, 'roots@auditor.example');
      expect(await mail.publish(root!, context.signal)).toEqual(ok(undefined));
      const [taken] = sink.mails;
      expect(taken).toMatchObject({ sender: 'sluice@mx.example.net', recipients: ['roots@auditor.example'] });
      expect(taken?.raw.toString().split('\r\n')).toContain(rootLine(root!));
    });
  });
});
