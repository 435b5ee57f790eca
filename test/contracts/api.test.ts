/** The api on real stores: errors, freshness, raw mails, pages, and giving a delivery up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '@sluice/api';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { redeliveryJobId } from '@sluice/core/use-cases/redeliver.ts';
import { connectPostgres } from '@sluice/postgres';
import { call, type Kept, startApi, type TestApi } from './api.harness.ts';
import { makeDomain } from './intake.harness.ts';
import { freePort } from './support/free-port.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

const operator = operatorScope();
const ask = (path: string, input?: unknown, services: Services = api.services): Promise<unknown> =>
  call(services, operator, path, input);
const raw = (mailId: string, token?: string): Promise<Response> =>
  fetch(`${api.url}/mails/${mailId}/raw`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
const eventsOf = (mailId: string) => Array.fromAsync(api.centre.store.readStream(mailStream(mailId)));

describe('a refusal', () => {
  const refusals: readonly (readonly [string, unknown, string])[] = [
    ['accounts.create', { name: ' ' }, 'BAD_REQUEST'],
    ['accounts.show', { id: 'nonsense' }, 'NOT_FOUND'],
    ['domains.add', { name: 'no name', accountId: 'ours' }, 'BAD_REQUEST'],
    ['domains.add', { name: 'ours.example', accountId: 'ours' }, 'UNPROCESSABLE_CONTENT'],
    ['domains.add', { name: 'new.example', accountId: 'nonsense' }, 'NOT_FOUND'],
    ['domains.show', { domain: 'ours.example', at: 'yesterday' }, 'BAD_REQUEST'],
    ['domains.settings.route', { domain: 'ours.example', urls: ['http://x'] }, 'BAD_REQUEST'],
    ['domains.settings.check', { domain: 'ours.example', check: 'nonsense', mode: 'off' }, 'BAD_REQUEST'],
    ['domains.settings.list', { domain: 'ours.example', action: 'allow', pattern: '' }, 'BAD_REQUEST'],
    ['domains.settings.thresholds', { domain: 'ours.example', tag: 3, hold: 2, reject: 1 }, 'BAD_REQUEST'],
    ['mails.release', { ids: ['mail'], to: 'a\0@b.example' }, 'BAD_REQUEST'],
    ['mails.show', { id: 'nonsense' }, 'NOT_FOUND'],
    ['users.create', { email: 'nobody', name: 'N' }, 'BAD_REQUEST'],
    ['projections.rebuild', { name: 'nonsense' }, 'NOT_FOUND'],
    ['queues.return', { id: 'nonsense' }, 'NOT_FOUND'],
  ];
  it.each(refusals)('of %s %j is %s, with a sentence', async (path, input, code) => {
    const text = JSON.stringify(input)
      .replace('"ours"', `"${api.ours.domain.accountId}"`)
      .replace('["mail"]', `["${api.ours.mails[0]!.mailId}"]`);
    await expect(ask(path, JSON.parse(text))).rejects.toMatchObject({ code, message: /\w/ });
  });

  it('keeps a customer from routing mail to private addresses, which the operator may', async () => {
    const input = { domain: 'ours.example', urls: ['smtp://127.0.0.1:2526'] };
    await expect(call(api.services, api.ours.scope, 'domains.settings.route', input)).rejects.toMatchObject({
      code: 'UNPROCESSABLE_CONTENT',
    });
    await expect(ask('domains.settings.route', input)).resolves.toHaveProperty('position');
  });

  it('of a mail that is erased says so', async () => {
    const domain = await makeDomain(api.centre, 'erased.example');
    const mail = await api.keep(domain);
    await api.centre.keys.destroy(domainKeyId(domain.domainId));
    await expect(ask('mails.release', { ids: [mail.mailId] })).rejects.toThrow(/erased/);
    const response = await raw(mail.mailId, 'operator');
    expect([response.status, await response.text()]).toEqual([410, expect.stringContaining('erased')]);
  });
});

describe('a part that is away', () => {
  it('is SERVICE_UNAVAILABLE by its name, without saying more', async () => {
    const away = connectPostgres(`postgres://secret:word@127.0.0.1:${await freePort()}/x`);
    const services = { ...api.services, db: away.db };
    const lost = {
      code: 'SERVICE_UNAVAILABLE',
      message: 'The database does not answer; try again in a moment.',
    };
    await expect(ask('domains.list', {}, services)).rejects.toMatchObject(lost);
    await away.close();
  });

  it('is SERVICE_UNAVAILABLE where it is the event store', async () => {
    const store = {
      ...api.services.store,
      readStream: () => {
        throw new StoreUnavailable('esdb://secret is gone');
      },
    };
    const services = { ...api.services, store, commandPorts: { ...api.services.commandPorts, store } };
    const id = api.ours.mails[0]!.mailId;
    await expect(ask('mails.show', { id }, services)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.not.stringContaining('secret'),
    });
  });

  it('tells nobody what went wrong inside', async () => {
    const packs = {
      ...api.services.packs,
      list: () => {
        throw new TypeError('/var/lib/secret is no folder');
      },
    };
    await expect(ask('archive.stats', undefined, { ...api.services, packs })).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something went wrong on our side.',
    });
  });
});

describe('a query after a command', () => {
  const change = async (): Promise<string> => {
    const input = { domain: 'ours.example', action: 'block', pattern: `@${crypto.randomUUID()}.example` };
    const { position } = (await ask('domains.settings.list', input)) as { position: string };
    return position;
  };

  it('waits for its projection, and shows the change', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const after = await change();
      const shown = (await ask('domains.show', { domain: 'ours.example', after })) as object;
      expect(shown).not.toHaveProperty('stale');
      const list = await ask('domains.history', { domain: 'ours.example', after });
      expect(list).toMatchObject({ items: expect.anything() });
    }
  });

  const queries: readonly (readonly [string, Record<string, unknown>])[] = [
    ['domains.show', { domain: 'ours.example' }],
    ['domains.list', {}],
    ['mails.list', {}],
    ['quarantine.search', {}],
  ];
  it.each(queries)(
    '%s says that it is stale where that does not come in two seconds',
    async (path, input) => {
      const began = performance.now();
      expect(await ask(path, { ...input, after: '9000000000000000000' })).toMatchObject({ stale: true });
      expect(performance.now() - began).toBeGreaterThan(1_900);
      expect(performance.now() - began).toBeLessThan(6_000);
    },
  );

  it('takes no position that is none', async () => {
    await expect(ask('domains.list', { after: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('the raw mail', () => {
  it('has the bytes as received, and every look is an event with who looked', async () => {
    const { mailId, raw: bytes } = api.ours.mails[2]!;
    const response = await raw(mailId, 'ours');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('message/rfc822');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    const [viewed, ...more] = await eventsOf(mailId);
    expect(more).toEqual([]);
    expect(viewed).toMatchObject({
      type: 'MailViewed',
      data: { what: 'raw' },
      metadata: { actor: { kind: 'user', id: 'user-1' }, domainId: api.ours.domain.domainId },
    });
  });

  it('is for nobody else: a foreign one and none are the same, and no event is written', async () => {
    const { mailId } = api.theirs.mails[2]!;
    const answers = [];
    for (const response of [await raw(mailId, 'ours'), await raw(crypto.randomUUID(), 'ours')])
      answers.push([response.status, await response.text()]);
    expect(answers[0]).toEqual([404, expect.stringContaining('no such mail')]);
    expect(answers[0]).toEqual(answers[1]);
    expect((await raw(mailId)).status).toBe(401);
    expect((await raw(mailId, 'wrong')).status).toBe(401);
    expect(await eventsOf(mailId)).toEqual([]);
  });

  it('of an accepted mail was not kept', async () => {
    const { mailId } = await api.keep(api.ours.domain, { verdict: 'accept', reason: 'clean' });
    const response = await raw(mailId, 'ours');
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('not kept')]);
    expect(await eventsOf(mailId)).toEqual([]);
  });
});

describe('pages', () => {
  it.each(['mails.list', 'quarantine.search'])('of %s hold everything once, newest first', async (path) => {
    const domain = await makeDomain(api.centre, `${path.replace('.', '-')}.example`);
    const mails: Kept[] = [];
    for (let count = 0; count < 7; count += 1) mails.push(await api.keep(domain));
    const head = await Array.fromAsync(api.centre.store.readAll({ direction: 'backwards', limit: 1 }));
    const after = head[0]!.position.toString();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await ask(path, { domain: domain.name, limit: 3, after, ...(cursor && { cursor }) })) as {
        items: readonly { id: string }[];
        next?: string;
      };
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      // What arrives meanwhile moves no page.
      await api.keep(domain);
    } while (cursor !== undefined);
    expect(seen).toEqual(mails.map(({ mailId }) => mailId).toReversed());
  });

  it('take a cursor that is none as the end', async () => {
    expect(await ask('mails.list', { cursor: 'nonsense' })).toMatchObject({ items: [] });
  });
});

describe('a delivery that is given up', () => {
  it('goes back to the quarantine, and can be released again', async () => {
    const { mailId } = await api.keep(api.ours.domain);
    await ask('mails.release', { ids: [mailId, mailId] });
    const [released] = await eventsOf(mailId);
    const releaseId = released!.data['releaseId'] as string;
    const { domainId, name } = api.ours.domain;
    const payload = { mailId, releaseId, recipient: `bob@${name}`, domainId };
    const id = redeliveryJobId(payload);
    await api.services.queues.add('redelivery', id, payload);
    expect(await ask('queues.list')).toMatchObject({ items: [{ id, state: 'waiting' }] });

    const unwritable = {
      ...api.services,
      commandPorts: {
        ...api.services.commandPorts,
        store: {
          ...api.services.store,
          append: async () => ({ ok: false as const, error: { code: 'unavailable' as const, message: '' } }),
        },
      },
    };
    await expect(ask('queues.return', { id }, unwritable)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await ask('queues.list')).toMatchObject({ items: [{ id }] });

    expect(await ask('queues.return', { id })).toEqual({ id });
    expect(await ask('queues.list')).toEqual({ items: [] });
    expect((await eventsOf(mailId)).map(({ type }) => type)).toEqual(['MailReleased', 'MailBounced']);
    expect(await ask('mails.release', { ids: [mailId] })).toMatchObject({ items: [{ released: true }] });
  });
});
