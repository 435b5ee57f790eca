/** What the panel reads, on real stores: figures, facets, checks, health, one mail in words, history with names, routes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userCaller } from '@sluice/api';
import { checkBits } from '@sluice/core/decision/mail-judged.ts';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { noteEdge, waitFor } from '@sluice/postgres';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { call, callerOf, type Kept, startApi, type TestApi } from './api.harness.ts';
import { makeDomain, type TestDomain } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
let domain: TestDomain;
let refused: Kept;
let held: Kept;

beforeAll(async () => {
  api = await startApi(server.url);
  domain = await makeDomain(api.centre, 'panel.example');
  await waitFor(api.services.db, 'settings', domain.position);
  refused = await api.keep(domain, { failed: checkBits(['spf', 'dkim']), subject: 'refused' });
  held = await api.keep(domain, { verdict: 'hold', reason: 'score-hold', failed: checkBits(['spf']) });
  await api.keep(domain, { verdict: 'accept', reason: 'clean' });
  await api.keep(domain, { verdict: 'tag', reason: 'score-tag', failed: checkBits(['dkim']) });
  await eventually('all of them counted', async () => {
    const { items } = await overview();
    return items.some((one) => one.domain.name === domain.name && one.accepted === 2 && one.held === 1);
  });
});
afterAll(() => api?.close());

const owner = (): TenantScope => accountScope(domain.accountId);
const ask = <T>(path: string, input?: unknown, scope: TenantScope = owner()): Promise<T> =>
  call(api.services, scope, path, input) as Promise<T>;

interface Overview {
  readonly items: readonly {
    readonly domain: { readonly name: string };
    readonly accepted: number;
    readonly held: number;
    readonly hours: readonly object[];
  }[];
}
const today = () => {
  const midnight = new Date().setUTCHours(0, 0, 0, 0);
  const day = 24 * 60 * 60 * 1_000;
  return {
    since: new Date(midnight).toISOString(),
    until: new Date(midnight + day).toISOString(),
    bucketMinutes: 60,
  };
};
const overview = (scope?: TenantScope) => ask<Overview>('home.overview', today(), scope);

describe('the first page', () => {
  it('has the figures of today, nothing counted twice', async () => {
    const { items } = await overview();
    expect(items).toMatchObject([
      {
        domain: { id: domain.domainId, name: 'panel.example', status: 'active' },
        accepted: 2,
        refused: 1,
        held: 1,
        deferred: 0,
        byReason: [
          { reason: 'score-hold', count: 1, title: 'Points enough to hold it' },
          { reason: 'spf-fail', count: 1, title: 'SPF fails' },
        ],
      },
    ]);
    expect(items[0]!.hours).toHaveLength(24);
  });

  it('has every domain of the operator, with zeros where there was no mail', async () => {
    const empty = await makeDomain(api.centre, 'empty.example');
    await waitFor(api.services.db, 'settings', empty.position);
    const { items } = await overview(operatorScope());
    const names = items.map((one) => one.domain.name);
    expect(names).toEqual(names.toSorted());
    expect(items.find((one) => one.domain.name === 'empty.example')).toMatchObject({
      accepted: 0,
      refused: 0,
      held: 0,
      byReason: [],
    });
  });

  it('takes no period that would be endless', async () => {
    const endless = { since: '1970-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };
    await expect(ask('home.overview', endless)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('the quarantine', () => {
  it('says of each mail whose it is and what became of its release', async () => {
    const found = await ask<{ items: readonly object[]; position: string }>('quarantine.search', {});
    expect(found.items).toMatchObject([
      { id: held.mailId, domain: 'panel.example', delivery: 'none' },
      { id: refused.mailId, domain: 'panel.example', delivery: 'none' },
    ]);
    expect(found.position).toMatch(/^\d+$/);
    await ask('mails.release', { ids: [held.mailId] });
    await eventually('the release', async () => {
      const { items } = await ask<{ items: readonly { id: string; delivery: string }[] }>(
        'quarantine.search',
        {},
      );
      return items.find(({ id }) => id === held.mailId)?.delivery === 'owed';
    });
  });

  it('is counted by the same filter', async () => {
    expect(await ask('quarantine.count', {})).toEqual({ count: 2, capped: false });
    expect(await ask('quarantine.count', { check: 'dkim' })).toEqual({ count: 1, capped: false });
    expect(await ask('quarantine.count', { text: 'refused', domain: 'panel.example' })).toMatchObject({
      count: 1,
    });
    expect(await ask('quarantine.count', { reason: 'virus-found' })).toMatchObject({ count: 0 });
  });

  it('can be narrowed to what it holds, by names that people know', async () => {
    const expected = {
      reasons: [
        { value: 'score-hold', title: 'Points enough to hold it', count: 1 },
        { value: 'spf-fail', title: 'SPF fails', count: 1 },
      ],
      checks: [
        { value: 'spf', title: 'SPF', count: 2 },
        { value: 'dkim', title: 'DKIM signatures', count: 1 },
      ],
    };
    expect(await ask('quarantine.facets', {})).toEqual(expected);
    expect(await ask('quarantine.facets', { domain: 'panel.example', ...today() })).toEqual(expected);
    const before = { until: '2020-01-01T00:00:00Z' };
    expect(await ask('quarantine.facets', before)).toEqual({ reasons: [], checks: [] });
  });
});

describe('one mail', () => {
  it('is explained in one sentence, check by check by title, and can be released', async () => {
    const { mailId } = await api.keep(domain);
    const shown = await ask<{ recipients: readonly { findings: readonly object[] }[] }>('mails.show', {
      id: mailId,
    });
    // Judged again its facts come to another verdict, since a test made them up: the reason has to do.
    expect(shown).toMatchObject({
      sentence: 'Refused: SPF fails.',
      domainName: 'panel.example',
      canRelease: true,
      deliveries: [],
      timeline: [{ type: 'MailJudged', actorName: 'Edge mx1' }],
    });
    for (const { findings } of shown.recipients) {
      for (const finding of findings)
        expect(finding).toHaveProperty('title', expect.stringMatching(/^[A-Z]/));
    }
  });

  it('that was let through cannot be released', async () => {
    const { mailId } = await api.keep(domain, { verdict: 'accept', reason: 'clean' });
    expect(await ask('mails.show', { id: mailId })).toMatchObject({
      canRelease: false,
      deliveries: [{ recipient: 'bob@panel.example', status: 'pending', attempts: 0, lastResponse: '' }],
    });
  });
});

describe('checks', () => {
  it('are described with the schema of their settings', async () => {
    const { items } = await ask<{ items: readonly { name: string }[] }>('checks.list');
    expect(items.find(({ name }) => name === 'dnsbl')).toMatchObject({
      number: 9,
      title: 'DNS block lists',
      modes: ['off', 'observe', 'score', 'reject'],
      schema: { type: 'object', properties: { threshold: { type: 'number', default: 1 } } },
      defaults: { threshold: 1 },
      presets: { strict: { mode: 'reject', settings: { threshold: 5 } } },
    });
  });
});

describe('health', () => {
  it('is for everybody, and its reasons for the operator', async () => {
    await noteEdge(api.services.db, 'mx1', '0');
    const status = async () => ({ mx: { ready: false, message: 'secret host' }, queue: { ready: true } });
    const services = { ...api.services, status };
    expect(await call(services, owner(), 'service.health')).toEqual({
      ready: false,
      parts: [
        { name: 'mx', ready: false },
        { name: 'queue', ready: true },
      ],
      edges: 1,
    });
    expect(await call(services, operatorScope(), 'service.health')).toMatchObject({
      parts: [{ message: 'secret host' }, {}],
    });
  });
});

describe('a change of settings', () => {
  it('is in force when all edges that are there have it', async () => {
    const input = { domain: 'panel.example', action: 'block', pattern: '*@spam.example' };
    const { position } = await ask<{ position: string }>('domains.settings.list', input);
    const inForce = () => ask('domains.inForce', { domain: 'panel.example', position });
    await noteEdge(api.services.db, 'mx1', '0');
    expect(await inForce()).toEqual({ inForce: false, edges: { total: 1, current: 0, behind: ['mx1'] } });
    await noteEdge(api.services.db, 'mx1', position);
    expect(await inForce()).toEqual({ inForce: true, edges: { total: 1, current: 1, behind: [] } });
  });

  it('is told in the history in plain words, with who made it', async () => {
    const { userId, email, domain: ours } = api.ours;
    const membership = {
      id: ours.accountId,
      name: 'Account',
      role: 'owner' as const,
      domainIds: undefined,
    };
    const user = userCaller({ id: userId, email, name: 'x' }, [membership], membership);
    const change = { domain: ours.name, check: 'dnsbl', mode: 'score' };
    const { position: after } = (await call(api.services, user, 'domains.settings.check', change)) as {
      position: string;
    };
    const history = { domain: ours.name, after };
    expect(await call(api.services, user, 'domains.history', history)).toMatchObject({
      items: [
        { sentence: 'Added ours.example with the preset balanced', actorName: 'Operator' },
        { sentence: 'Vouched for the domain: it receives mail', actorName: 'Operator' },
        { sentence: 'Set check dnsbl to score', actorName: 'Owner of ours.example' },
      ],
    });
    const newest = await call(api.services, user, 'domains.changes', { ...history, limit: 1 });
    expect(newest).toMatchObject({ items: [{ sentence: 'Set check dnsbl to score', revision: 2 }] });
    const { next } = newest as { next: string };
    expect(
      await call(api.services, user, 'domains.changes', { ...history, types: ['DomainAdded'], cursor: next }),
    ).toMatchObject({ items: [{ type: 'DomainAdded', revision: 0 }], next: undefined });
    // A member of one domain knows their colleague too; somebody who has left is nobody's secret.
    const limited = callerOf(accountScope(ours.accountId, [ours.domainId]), 'member');
    const seen = (await call(api.services, limited, 'domains.history', history)) as {
      items: readonly { actorName: string }[];
    };
    expect(seen.items.at(-1)?.actorName).toBe('Owner of ours.example');
  });
});

describe('the lists of a domain', () => {
  it('say who added what, the last first', async () => {
    const list = { domain: 'panel.example', action: 'allow', authenticated: true };
    await ask('domains.settings.list', { ...list, pattern: 'a@shop.example' });
    const { position: after } = await ask<{ position: string }>('domains.settings.list', {
      ...list,
      pattern: '192.0.2.1',
      mailbox: 'Bob@panel.example',
    });
    await ask('domains.changes', { domain: 'panel.example', after });
    const { items } = await ask<{ items: readonly object[] }>('domains.lists', {
      domain: 'panel.example',
      after,
    });
    expect(items.slice(0, 2)).toMatchObject([
      { pattern: '192.0.2.1', mailbox: 'bob@panel.example', addedAt: expect.stringMatching(/^20/) },
      { pattern: 'a@shop.example', authenticated: true, addedBy: expect.stringMatching(/\w/) },
    ]);
  });
});

describe('the test of a route', () => {
  let sink: SmtpSink;
  beforeAll(async () => {
    sink = await startSmtpSink();
  });
  afterAll(() => sink?.close());

  const url = () => `smtp://127.0.0.1:${sink.port}`;
  const test = (scope: TenantScope, input: object = {}) =>
    ask('domains.testRoute', { domain: 'panel.example', ...input }, scope);
  const privately = {
    items: [{ ok: false, steps: [{ name: 'resolve', detail: expect.stringMatching(/private address/) }] }],
  };

  it('needs a route', async () => {
    await expect(test(owner())).rejects.toMatchObject({
      code: 'UNPROCESSABLE_CONTENT',
      message: expect.stringMatching(/no route yet/),
    });
  });

  it('takes the operator anywhere, and a customer to no private address', async () => {
    const asked = { urls: [url()] };
    expect(await test(operatorScope(), asked)).toMatchObject({ items: [{ url: url(), ok: true }] });
    const connections = sink.connections();
    expect(await test(owner(), asked)).toMatchObject(privately);
    expect(await test(owner(), { urls: ['smtp://localhost:25'] })).toMatchObject(privately);
    expect(sink.connections()).toBe(connections);
  });

  it('takes a customer along the route that the operator has set, and not beside it', async () => {
    const set = { domain: 'panel.example', urls: [url()] };
    const { position } = await ask<{ position: string }>('domains.settings.route', set, operatorScope());
    await waitFor(api.services.db, 'settings', position);
    await waitFor(api.services.db, 'timeline', position);
    expect(await test(owner())).toMatchObject({
      items: [
        {
          url: url(),
          address: '127.0.0.1',
          ok: true,
          steps: ['resolve', 'connect', 'greeting', 'tls', 'recipient'].map((name) => ({ name, ok: true })),
        },
      ],
    });
    expect(sink.commands).toContain('RCPT TO:<postmaster@panel.example>');
    expect(sink.mails).toEqual([]);
    expect(await test(owner(), { urls: ['smtp://127.0.0.1:1'] })).toMatchObject(privately);
  });

  it('trusts no route that a customer has set, whatever its name leads to', async () => {
    const set = { domain: 'panel.example', urls: ['smtp://ip6-localhost:25', 'smtp://ip6-loopback:25'] };
    const { position } = await ask<{ position: string }>('domains.settings.route', set);
    await waitFor(api.services.db, 'settings', position);
    await waitFor(api.services.db, 'timeline', position);
    const { items } = (await test(owner())) as { items: readonly { ok: boolean; steps: object[] }[] };
    expect(items).toHaveLength(2);
    for (const { ok, steps } of items) expect([ok, steps.length]).toEqual([false, 1]);
  });

  it('is not for those who only look', async () => {
    const auditor = callerOf(owner(), 'auditor');
    const asked = { domain: 'panel.example', urls: ['smtp://192.0.2.1'] };
    await expect(call(api.services, auditor, 'domains.testRoute', asked)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
