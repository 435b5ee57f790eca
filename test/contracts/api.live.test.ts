/** What the panel follows live, over HTTP: mails that come into the quarantine, and what becomes of released ones. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApiServer } from '@sluice/api';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { handleCommand } from '@sluice/core/kernel/handle-command.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { waitFor } from '@sluice/postgres';
import { accountScope } from '@sluice/core/kernel/tenant-scope.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import { type Config, parseConfig } from '@sluice/environment';
import { closeServer, createMetrics, listen, silentLog } from '@sluice/telemetry';
import { start as startWorkers } from '@sluice/workers';
import { startSmtpSink } from '../support/smtp-sink.ts';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
import { makeDomain, must, type TestDomain, vaultKey } from './intake.harness.ts';
import { type EventStream, openEventStream, type ServerEvent } from './support/event-stream.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';
import { quickly } from './workers.harness.ts';

const server = usePostgres();
let api: TestApi;
const streams: EventStream[] = [];

beforeAll(async () => {
  api = await startApi(server.url);
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});
afterAll(() => api?.close());

/** Mails of one batch, at most. */
const pageSize = 50;

interface Batch {
  readonly items: readonly { readonly id: string; readonly subject?: string; readonly delivery: string }[];
}

async function follow(
  path: string,
  input: unknown,
  options: { readonly token?: string; readonly lastEventId?: string; readonly url?: string } = {},
): Promise<EventStream> {
  const { token = 'ours', url = api.url, ...rest } = options;
  const stream = await openEventStream({ url, path, input, token, ...rest });
  streams.push(stream);
  return stream;
}

/** The next one that is about the subscription itself, with what it says. */
async function batchOf(stream: EventStream): Promise<ServerEvent & { readonly batch: Batch }> {
  for (;;) {
    const event = await stream.next();
    if (event === undefined) throw new Error('the stream has ended');
    if (event.event === 'message') return { ...event, batch: event.data as Batch };
    expect(['connected', 'ping']).toContain(event.event);
  }
}

const idsIn = ({ batch }: { readonly batch: Batch }) => batch.items.map(({ id }) => id);

describe('mails that come into the quarantine', () => {
  it('are told once, within a second, to those who may see them', async () => {
    const [mine, operators, others] = await Promise.all([
      follow('quarantine.live', { domain: 'ours.example' }),
      follow('quarantine.live', {}, { token: 'operator' }),
      follow('quarantine.live', {}, { token: 'theirs' }),
    ]);
    expect([mine.status, mine.contentType]).toEqual([200, 'text/event-stream']);
    for (const stream of [mine, operators, others]) expect((await batchOf(stream)).batch.items).toEqual([]);

    const began = performance.now();
    const { mailId } = await api.keep(api.ours.domain, { subject: 'fresh' });
    const told = await batchOf(mine);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(told.batch.items).toMatchObject([
      { id: mailId, subject: 'fresh', domain: 'ours.example', delivery: 'none' },
    ]);
    expect(told.id).toMatch(/^\d+$/);
    expect(idsIn(await batchOf(operators))).toEqual([mailId]);

    const { mailId: foreign } = await api.keep(api.theirs.domain);
    expect(idsIn(await batchOf(others))).toEqual([foreign]);
    const { mailId: next } = await api.keep(api.ours.domain);
    expect(idsIn(await batchOf(mine))).toEqual([next]);
  });

  it('are those of the filter only', async () => {
    const stream = await follow('quarantine.live', { domain: 'ours.example', text: 'orchid' });
    await batchOf(stream);
    await api.keep(api.ours.domain, { subject: 'tulips' });
    const { mailId } = await api.keep(api.ours.domain, { subject: 'orchids and an orchid' });
    expect(idsIn(await batchOf(stream))).toEqual([mailId]);
  });

  it('that came while a client was away are told when it comes again', async () => {
    const stream = await follow('quarantine.live', {});
    const { id } = await batchOf(stream);
    stream.close();
    const missed = [(await api.keep(api.ours.domain)).mailId, (await api.keep(api.ours.domain)).mailId];
    const again = await follow('quarantine.live', {}, { lastEventId: id! });
    expect((await batchOf(again)).batch.items).toEqual([]);
    const seen: string[] = [];
    while (seen.length < 2) seen.push(...idsIn(await batchOf(again)));
    expect(seen.toSorted()).toEqual(missed.toSorted());
    const { mailId } = await api.keep(api.ours.domain);
    expect(idsIn(await batchOf(again))).toEqual([mailId]);
  });

  it('between a search and the subscription are not missed', async () => {
    const search = (await call(api.services, api.ours.scope, 'quarantine.search', {})) as {
      position: string;
    };
    const { mailId } = await api.keep(api.ours.domain);
    const stream = await follow('quarantine.live', { lastEventId: search.position });
    await batchOf(stream);
    expect(idsIn(await batchOf(stream))).toContain(mailId);
  });

  it('that come late are told all the same; old ones that move up into the page are not', async () => {
    const domain = await makeDomain(api.centre, 'late.example');
    await waitFor(api.services.db, 'settings', domain.position);
    const old = [];
    for (let count = 0; count <= pageSize; count += 1) old.push(await api.keep(domain));
    const stream = await follow('quarantine.live', { domain: domain.domainId }, { token: 'operator' });
    await batchOf(stream);
    await expire(domain, old.at(-2)!.mailId);
    const at = new Date(Date.now() - 1_000).toISOString();
    const { mailId } = await api.keep(domain, { at });
    expect(idsIn(await batchOf(stream))).toEqual([mailId]);
  });

  it('are for nobody who has not signed in, or names a domain of others', async () => {
    const refused = async (token: string): Promise<unknown> => {
      const stream = await follow('quarantine.live', { domain: 'theirs.example' }, { token });
      expect((await stream.next())?.event).toBe('connected');
      const error = await stream.next();
      expect(error?.event).toBe('serialized-error');
      return error?.data;
    };
    expect(await refused('nobody')).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
    expect(await refused('ours')).toMatchObject({
      message: 'There is no such domain.',
      data: { code: 'NOT_FOUND' },
    });
  });
});

/** As retention does it. */
async function expire(domain: TestDomain, mailId: string): Promise<void> {
  const { context } = api.centre;
  const target = { ...domain, stream: mailStream(mailId), keyId: domainKeyId(domain.domainId) };
  const command = {
    type: 'ExpireMail',
    data: { reason: 'retention' },
    metadata: context.metadata(),
  } as const;
  must(await handleCommand(context.aggregates.mail, target, command));
}

describe('those who follow', () => {
  it('share one watch, which rests when they have gone', async () => {
    const { quarantine } = api.services.live;
    await eventually('nobody', () => quarantine.followers() === 0);
    const all = await Promise.all(Array.from({ length: 5 }, () => follow('quarantine.live', {})));
    await eventually('all of them', () => quarantine.followers() === 5);
    for (const stream of all) stream.close();
    await eventually('nobody again', () => quarantine.followers() === 0);
  });

  it('do not hold up the end of the server', async () => {
    const second = createApiServer({
      services: api.services,
      authenticate: async () => callerOf(api.ours.scope),
      auth: async () => undefined,
      publicUrl: undefined,
      metrics: createMetrics('api'),
      log: silentLog,
    });
    const port = await listen(second, { host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${port}`;
    const stream = await follow('quarantine.live', {}, { url });
    await batchOf(stream);
    const began = performance.now();
    await closeServer(second);
    expect(performance.now() - began).toBeLessThan(1_000);
    await expect(stream.next()).rejects.toThrow();
    await eventually('nobody left', () => api.services.live.quarantine.followers() === 0);
  });

  it('learn of a part that fails, and not why', async () => {
    const services = {
      ...api.services,
      db: new Proxy(api.services.db, {
        get() {
          throw new TypeError('/var/lib/secret');
        },
      }),
    };
    const { mailId } = api.ours.mails[0]!;
    const failed = call(services, api.ours.scope, 'mails.follow', { ids: [mailId] });
    await expect(failed).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('released mails', () => {
  let workers: AsyncDisposable;
  let domain: TestDomain;
  const answers: (string | undefined)[] = [];
  let sink: Awaited<ReturnType<typeof startSmtpSink>>;

  beforeAll(async () => {
    sink = await startSmtpSink({ onRcpt: () => answers.shift() });
    domain = await makeDomain(api.centre, 'released.example');
    const hosts = [{ host: sink.host, port: sink.port, tls: 'none' as const }];
    must(
      await changeDomain(api.centre.context, domain, { type: 'SetRoute', data: { hosts, trusted: true } }),
    );
    const config: Config = must(
      parseConfig({
        SLUICE_EVENTSTORE_URL: api.centre.eventstoreUrl,
        SLUICE_POSTGRES_URL: server.url,
        SLUICE_VAULT_KEY: vaultKey,
        SLUICE_ARCHIVE_URL: `file:${join(api.centre.folder, 'archive')}`,
        SLUICE_LOG_LEVEL: 'error',
      }),
    );
    workers = await startWorkers(config, { retry: quickly, lockMs: 1_500 });
  });
  afterAll(async () => {
    await workers?.[Symbol.asyncDispose]();
    await sink?.close();
  });

  const owner = () => accountScope(domain.accountId);

  it('are followed until they are delivered, with what the route said', async () => {
    answers.push('450 4.2.1 not now');
    const { mailId } = await api.keep(domain, { subject: 'wrongly refused' });
    await call(api.services, owner(), 'mails.release', { ids: [mailId] });
    const stream = await follow('mails.follow', { ids: [mailId] }, { token: 'operator' });
    const seen: string[] = [];
    let last: Batch | undefined;
    for (;;) {
      const event = await stream.next(20_000);
      if (event === undefined || event.event === 'return') break;
      if (event.event !== 'message') continue;
      last = event.data as Batch;
      seen.push(last.items[0]!.delivery);
    }
    expect(seen.at(-1)).toBe('delivered');
    expect(seen.filter((one) => one === 'delivered')).toHaveLength(1);
    expect(last?.items).toMatchObject([
      {
        id: mailId,
        deliveries: [
          { recipient: 'bob@released.example', status: 'delivered', lastResponse: '250 2.0.0 taken' },
        ],
      },
    ]);
    expect(sink.mails).toHaveLength(1);
    const found = (await call(api.services, owner(), 'quarantine.search', {})) as Batch;
    expect(found.items).toMatchObject([{ id: mailId, delivery: 'delivered' }]);
  });

  it('that nobody has released are settled at once', async () => {
    const { mailId } = await api.keep(domain);
    const stream = await follow('mails.follow', { ids: [mailId, mailId] }, { token: 'operator' });
    expect((await batchOf(stream)).batch.items).toMatchObject([{ id: mailId, delivery: 'none' }]);
    expect((await stream.next())?.event).toBe('return');
    await eventually('nobody left', () => api.services.live.mails.followers() === 0);
  });

  it('of others are not there', async () => {
    const { mailId } = await api.keep(domain);
    const follows = call(api.services, api.ours.scope, 'mails.follow', { ids: [mailId] });
    await expect(follows).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
