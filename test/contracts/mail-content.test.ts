/** The inside of kept mails over the api: who may look, what they get, and that the customer sees every look. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '@sluice/api';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { handleCommand } from '@sluice/core/kernel/handle-command.ts';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import type { MailContent } from '@sluice/core/ports/mail-viewer.ts';
import { call, callerOf, type Kept, startApi, type TestApi } from './api.harness.ts';
import { makeDomain, must } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
let mail: Kept;

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const raw = Buffer.from(
  [
    'From: =?utf-8?q?J=C3=BCrgen?= <juergen@sender.example>',
    'Subject: =?iso-8859-1?q?caf=E9?=',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=m',
    '',
    '--m',
    'Content-Type: multipart/alternative; boundary=a',
    '',
    '--a',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The plain words',
    '--a',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>The <b>fine</b> words<script>alert(1)</script></p><img src="http://far.example/x.png" alt="far away">',
    '<img src="cid:near"><a href="https://bank.example@evil.example/">bank.example</a>',
    '--a--',
    '--m',
    'Content-Type: image/png; name="near.png"',
    'Content-ID: <near>',
    'Content-Transfer-Encoding: base64',
    '',
    pixel,
    '--m',
    "Content-Type: text/html; name*=utf-8''..%2F%E2%80%AEgr%C3%BC%C3%9Fe.html",
    'Content-Disposition: attachment',
    '',
    '<script>alert(2)</script>',
    '--m--',
    '',
  ].join('\r\n'),
);

beforeAll(async () => {
  api = await startApi(server.url);
  mail = await api.keep(api.ours.domain, { raw });
});
afterAll(() => api?.close());

const get = (mailId: string, what: string, token?: string): Promise<Response> =>
  fetch(`${api.url}/mails/${mailId}/${what}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });

async function content(id: string, scope: TenantScope = api.ours.scope, services: Services = api.services) {
  return (await call(services, scope, 'mails.content', { id })) as MailContent & {
    kept: boolean;
    message?: string;
  };
}

const looksAt = async (mailId: string) =>
  (await Array.fromAsync(api.centre.store.readStream(mailStream(mailId)))).map(({ type, metadata }) => [
    type,
    metadata.actor.kind,
  ]);

describe('the content of a mail', () => {
  it('is its headers, its text and its parts', async () => {
    expect(await content(mail.mailId)).toEqual({
      headers: [
        { name: 'From', value: 'Jürgen <juergen@sender.example>' },
        { name: 'Subject', value: 'café' },
        { name: 'MIME-Version', value: '1.0' },
        { name: 'Content-Type', value: 'multipart/mixed; boundary=m' },
      ],
      text: 'The plain words',
      hasHtml: true,
      remoteImages: 1,
      parts: [
        expect.objectContaining({ index: 0, type: 'text/plain', isAttachment: false }),
        expect.objectContaining({ index: 1, type: 'text/html', isAttachment: false }),
        expect.objectContaining({ index: 2, type: 'image/png', name: 'near.png', isAttachment: false }),
        expect.objectContaining({ index: 3, type: 'text/html', name: '../grüße.html', isAttachment: true }),
      ],
      truncated: false,
      kept: true,
      message: undefined,
    });
  });

  it('as a document runs nothing, loads nothing and says where links lead', async () => {
    const response = await get(mail.mailId, 'html', 'ours');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "sandbox allow-popups; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
    const html = await response.text();
    expect(html).toContain('<p>The <b>fine</b> words</p>');
    expect(html).toMatch(/<span [^>]*>far away<\/span>/);
    expect(html).toContain(`src="data:image/png;base64,${pixel}"`);
    expect(html).toContain('title="Leads to evil.example: https://bank.example@evil.example/"');
    expect(html).not.toMatch(/script|http:\/\/far/);
  });

  it('is downloaded part by part, as bytes under a harmless name', async () => {
    const response = await get(mail.mailId, 'parts/3', 'ours');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="gr__e.html"; filename*=UTF-8''gr%C3%BC%C3%9Fe.html`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe('<script>alert(2)</script>');
    const image = Buffer.from(await (await get(mail.mailId, 'parts/2', 'ours')).arrayBuffer());
    expect(image.toString('base64')).toBe(pixel);
    expect((await get(mail.mailId, 'parts/4', 'ours')).status).toBe(404);
    expect((await get(mail.mailId, 'parts/x', 'ours')).status).toBe(404);
  });

  it('without HTML is no document', async () => {
    const response = await get(api.ours.mails[1]!.mailId, 'html', 'ours');
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('no HTML')]);
    expect(await content(api.ours.mails[1]!.mailId)).toMatchObject({ hasHtml: false, remoteImages: 0 });
  });
});

describe('who may look', () => {
  const routes = ['raw', 'html', 'parts/0'];

  it.each(routes)('at %s: nobody without signing in, no auditor, no other tenant', async (what) => {
    const mine = await api.keep(api.ours.domain, { raw });
    expect((await get(mine.mailId, what)).status).toBe(401);
    const refused = await get(mine.mailId, what, 'auditor');
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('auditor')]);
    const foreign = await get(mine.mailId, what, 'theirs');
    const missing = await get(crypto.randomUUID(), what, 'theirs');
    expect([foreign.status, await foreign.text()]).toEqual([404, await missing.text()]);
    expect(await looksAt(mine.mailId)).toEqual([]);
    expect((await get(mine.mailId, what, 'ours')).status).toBe(200);
  });

  it('at the content: by the same rule, and a member of other domains does not', async () => {
    const auditor = api.services;
    const { appRouter } = await import('@sluice/api/router');
    const caller = appRouter.createCaller({
      caller: callerOf(api.ours.scope, 'auditor'),
      services: auditor,
    });
    await expect(caller.mails.content({ id: mail.mailId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const limited = accountScope(api.ours.domain.accountId, []);
    for (const scope of [limited, api.theirs.scope])
      await expect(content(mail.mailId, scope)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a look', () => {
  it('is one event for each person, however many requests a page makes', async () => {
    const mine = await api.keep(api.ours.domain, { raw });
    await Promise.all([
      content(mine.mailId),
      get(mine.mailId, 'html', 'ours'),
      get(mine.mailId, 'parts/2', 'ours'),
      get(mine.mailId, 'raw', 'ours'),
    ]);
    expect(await looksAt(mine.mailId)).toEqual([['MailViewed', 'user']]);
    await get(mine.mailId, 'html', 'operator');
    await content(mine.mailId, operatorScope());
    expect(await looksAt(mine.mailId)).toEqual([
      ['MailViewed', 'user'],
      ['MailViewed', 'operator'],
    ]);
  });

  it('at nothing is none', async () => {
    const mine = await api.keep(api.ours.domain);
    await get(mine.mailId, 'html', 'ours');
    await get(mine.mailId, 'parts/9', 'ours');
    expect(await looksAt(mine.mailId)).toEqual([]);
  });

  const withAppend = (append: Services['store']['append']): Services => {
    const store = { ...api.services.store, append };
    return { ...api.services, store, commandPorts: { ...api.services.commandPorts, store } };
  };

  it('that cannot be recorded keeps nobody from their mail, nor for longer than two seconds', async () => {
    const mine = await api.keep(api.ours.domain, { raw });
    const refuses = withAppend(async () => ({ ok: false, error: { code: 'unavailable', message: '' } }));
    expect(await content(mine.mailId, api.ours.scope, refuses)).toMatchObject({ kept: true });
    const breaks = withAppend(() => Promise.reject(new Error('broken')));
    expect(await content(mine.mailId, api.ours.scope, breaks)).toMatchObject({ kept: true });
    const began = performance.now();
    const hangs = withAppend(() => new Promise(() => undefined));
    expect(await content(mine.mailId, api.ours.scope, hangs)).toMatchObject({ kept: true });
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(performance.now() - began).toBeLessThan(6_000);
  });
});

describe('a mail that is not there to look at', () => {
  async function says(mailId: string, status: number, words: RegExp): Promise<void> {
    const before = await looksAt(mailId);
    for (const what of ['raw', 'html', 'parts/0']) {
      const response = await get(mailId, what, 'operator');
      expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(words)]);
    }
    const shown = await content(mailId, operatorScope());
    expect(shown).toMatchObject({ kept: false, text: '', parts: [], message: expect.stringMatching(words) });
    expect(await looksAt(mailId)).toEqual(before);
  }

  it('since it was accepted', async () => {
    const { mailId } = await api.keep(api.ours.domain, { verdict: 'accept', reason: 'clean' });
    await says(mailId, 404, /not kept/);
  });

  it('since its time is over', async () => {
    const { mailId } = await api.keep(api.ours.domain, { raw });
    const { context } = api.centre;
    const { domainId, accountId } = api.ours.domain;
    const target = { stream: mailStream(mailId), keyId: domainKeyId(domainId), domainId, accountId };
    const command = {
      type: 'ExpireMail',
      data: { reason: 'retention' },
      metadata: context.metadata(),
    } as const;
    must(await handleCommand(context.aggregates.mail, target, command));
    await says(mailId, 410, /no longer kept/);
  });

  it('since it was erased', async () => {
    const domain = await makeDomain(api.centre, 'gone.example');
    const { mailId } = await api.keep(domain, { raw });
    await api.centre.keys.destroy(domainKeyId(domain.domainId));
    await says(mailId, 410, /erased/);
  });
});

it('that is built to be slow to show is still told of, and downloaded', async () => {
  const slow = Buffer.from(
    `Subject: slow\r\nContent-Type: text/html\r\n\r\n${'<i>'.repeat(200_000)}${'</b>'.repeat(200_000)}`,
  );
  const { mailId } = await api.keep(api.ours.domain, { raw: slow });
  const shown = await content(mailId);
  expect(shown.headers[0]).toEqual({ name: 'Subject', value: 'slow' });
  const html = await get(mailId, 'html', 'ours');
  expect([200, 422]).toContain(html.status);
  expect((await get(mailId, 'raw', 'ours')).status).toBe(200);
}, 60_000);
