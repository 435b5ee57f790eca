/** People at the api's server: signing in, choosing an account, coming and going, and pages of other sites. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeAccount, openAccount } from '@sluice/core/use-cases/accounts.ts';
import { waitFor } from '@sluice/postgres';
import { password, startApi, type TestApi } from './api.harness.ts';
import { must } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
let address = 0;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

interface Asked {
  readonly status: number;
  /** Of a tRPC answer: its data, or its error. */
  readonly data?: Record<string, unknown>;
  readonly error?: { readonly message: string; readonly data: { readonly code: string } };
}
type Headers = Readonly<Record<string, string>>;

/** As the panel’s server passes a browser’s request on. */
const panel: Headers = { 'x-forwarded-host': 'panel.test', 'x-forwarded-proto': 'https' };
const page = { ...panel, origin: 'https://panel.test' };

async function signIn(email: string, word = password): Promise<{ status: number; cookie: string }> {
  address += 1;
  const response = await fetch(`${api.url}/auth/sign-in/email`, {
    method: 'POST',
    headers: { ...page, 'content-type': 'application/json', 'x-real-ip': `198.51.100.${address}` },
    body: JSON.stringify({ email, password: word }),
  });
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0]);
  return { status: response.status, cookie: cookie.join('; ') };
}

async function trpc(path: string, init: RequestInit & { readonly input?: unknown }): Promise<Asked> {
  const query = init.input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(init.input))}`;
  const response = await fetch(`${api.url}/trpc/${path}${query}`, init);
  const { result, error } = (await response.json()) as { result?: { data: never }; error?: never };
  return { status: response.status, ...(error ? { error } : { data: result?.data }) } as Asked;
}
const ask = (path: string, cookie: string, input?: unknown): Promise<Asked> =>
  trpc(path, { headers: { ...panel, cookie }, input });
const change = (path: string, cookie: string, input: unknown, headers: Headers = page): Promise<Asked> =>
  trpc(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, ...headers },
    body: JSON.stringify(input),
  });
const operator = (path: string, input: unknown): Promise<Asked> =>
  trpc(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer operator' },
    body: JSON.stringify(input),
  });

/** A member of ours with a password, signed in. */
async function member(email: string, role: string, domainIds?: readonly string[]) {
  const { accountId } = api.ours.domain;
  const made = await operator('users.create', { email, name: email, password });
  expect(made.data).toEqual({ id: expect.any(String), position: expect.any(String) });
  const invited = await operator('members.invite', { accountId, email, name: email, role, domainIds });
  expect(invited.data).toEqual({ userId: made.data?.['id'], position: expect.any(String) });
  return { userId: String(made.data?.['id']), ...(await signIn(email)) };
}

describe('somebody who has signed in', () => {
  it('is told who they are, and what they may do where', async () => {
    const { cookie } = await signIn(api.ours.email);
    const { accountId, name } = api.ours.domain;
    const account = { id: accountId, name: `Account of ${name}`, role: 'owner' };
    expect((await ask('session.me', cookie)).data).toEqual({
      user: { id: api.ours.userId, email: api.ours.email, name: `Owner of ${name}` },
      account,
      accounts: [account],
      permissions: expect.arrayContaining(['read', 'manage-account']),
    });
  });

  it('sees their own and nothing else', async () => {
    const { cookie } = await signIn(api.ours.email);
    const { data } = await ask('domains.list', cookie);
    expect(JSON.stringify(data)).toContain(api.ours.domain.domainId);
    expect(JSON.stringify(data)).not.toContain(api.theirs.domain.domainId);
    const raw = (mailId: string): Promise<Response> =>
      fetch(`${api.url}/mails/${mailId}/raw`, { headers: { ...panel, cookie } });
    expect((await raw(api.ours.mails[0]!.mailId)).status).toBe(200);
    expect((await raw(api.theirs.mails[0]!.mailId)).status).toBe(404);
  });

  it('is nobody once they have signed out', async () => {
    const { cookie } = await signIn(api.ours.email);
    const out = await fetch(`${api.url}/auth/sign-out`, { method: 'POST', headers: { ...page, cookie } });
    expect(out.status).toBe(200);
    expect((await ask('session.me', cookie)).error?.data.code).toBe('UNAUTHORIZED');
  });

  it('is nobody with a wrong token beside their session', async () => {
    const { cookie } = await signIn(api.ours.email);
    const headers = { ...panel, cookie, authorization: 'Bearer wrong' };
    expect((await trpc('session.me', { headers })).error?.data.code).toBe('UNAUTHORIZED');
  });

  it('is the actor of what they change', async () => {
    const { cookie } = await signIn(api.ours.email);
    const { domainId } = api.ours.domain;
    await change('domains.settings.preset', cookie, { domain: domainId, preset: 'strict' });
    const events = await Array.fromAsync(api.centre.store.readStream(`domain-${domainId}`));
    expect(events.at(-1)?.metadata.actor).toEqual({ kind: 'user', id: api.ours.userId });
  });
});

describe('the operator', () => {
  it('is told so', async () => {
    const { data } = await trpc('session.me', { headers: { authorization: 'Bearer operator' } });
    expect(data).toMatchObject({ user: null, account: null, accounts: [] });
    expect(data?.['permissions']).toContain('manage-account');
  });

  it('is shown a generated password once, with which the user signs in', async () => {
    const { data } = await operator('users.create', { email: 'made@example.org', name: 'Made' });
    expect(String(data?.['password'])).toHaveLength(20);
    expect((await signIn('MADE@example.org', String(data?.['password']))).status).toBe(200);
    const again = await operator('users.create', { email: 'Made@Example.org', name: 'Other' });
    expect(again.error?.data.code).toBe('UNPROCESSABLE_CONTENT');
    const changed = await operator('users.password', { email: 'made@example.org' });
    expect((await signIn('made@example.org', String(data?.['password']))).status).toBe(401);
    expect((await signIn('made@example.org', String(changed.data?.['password']))).status).toBe(200);
    const events = await Array.fromAsync(api.centre.store.readStream(`user-${String(data?.['id'])}`));
    expect(events.map((event) => event.type)).toEqual(['UserCreated']);
    expect(JSON.stringify(events, (_, value: unknown) => String(value))).not.toContain('made@example.org');
  });
});

describe('a user of no account', () => {
  it('may sign in, and is told in a sentence why there is nothing to see', async () => {
    await operator('users.create', { email: 'alone@example.org', name: 'Alone', password });
    const { cookie } = await signIn('alone@example.org');
    expect((await ask('session.me', cookie)).data).toMatchObject({
      user: { email: 'alone@example.org' },
      account: null,
      accounts: [],
      permissions: [],
    });
    const refused = await ask('domains.list', cookie);
    expect(refused.error).toMatchObject({ message: /no account/, data: { code: 'FORBIDDEN' } });
  });
});

describe('a user of several accounts', () => {
  it('acts in one, which they choose among their own by a cookie', async () => {
    const { userId, cookie } = await member('several@example.org', 'auditor');
    const other = must(await openAccount(api.centre.context, { name: 'A first one' }));
    const data = { userId, role: 'owner' as const };
    const added = must(await changeAccount(api.centre.context, other.id, { type: 'AddMember', data }));
    await waitFor(api.services.db, 'settings', added.position ?? '0');
    const chosen = async (choice: string): Promise<unknown> =>
      (await ask('session.me', `${cookie}${choice}`)).data?.['account'];
    const first = { id: other.id, name: 'A first one', role: 'owner' };
    expect(await chosen('')).toEqual(first);
    expect(await chosen(`; sluice-account=${api.ours.domain.accountId}`)).toMatchObject({ role: 'auditor' });
    expect(await chosen(`; sluice-account=${api.theirs.domain.accountId}`)).toEqual(first);
    const within = await ask('domains.list', `${cookie}; sluice-account=${api.theirs.domain.accountId}`);
    expect(within.data).toEqual({ items: [] });
  });
});

describe('a member', () => {
  it('who is removed sees nothing from then on, in a session that they had', async () => {
    const { userId, cookie } = await member('leaving@example.org', 'member');
    const owner = (await signIn(api.ours.email)).cookie;
    expect((await ask('domains.list', cookie)).status).toBe(200);
    expect((await change('members.remove', owner, { userId })).status).toBe(200);
    expect((await ask('domains.list', cookie)).error?.data.code).toBe('FORBIDDEN');
    const mailId = api.ours.mails[0]!.mailId;
    const raw = await fetch(`${api.url}/mails/${mailId}/raw`, { headers: { ...panel, cookie } });
    expect(raw.status).toBe(403);
  });

  it('whose role changes has it at once', async () => {
    const { userId, cookie } = await member('changing@example.org', 'auditor');
    const owner = (await signIn(api.ours.email)).cookie;
    const { domainId } = api.ours.domain;
    expect(
      (await change('members.change', owner, { userId, role: 'member', domainIds: [domainId] })).status,
    ).toBe(200);
    expect((await ask('session.me', cookie)).data?.['permissions']).toContain('release');
  });

  it('who is removed as a user is nobody, and their email is free', async () => {
    const { cookie } = await member('gone@example.org', 'member');
    expect((await operator('users.remove', { email: 'gone@example.org' })).status).toBe(200);
    expect((await ask('session.me', cookie)).error?.data.code).toBe('UNAUTHORIZED');
    expect((await signIn('gone@example.org')).status).toBe(401);
    const again = await operator('users.create', { email: 'gone@example.org', name: 'Next', password });
    expect(again.status).toBe(200);
  });
});

describe('a page of another site', () => {
  it.each(['https://evil.example', 'null', 'https://panel.test.evil.example', 'http://panel.test'])(
    'at %s changes nothing with a user’s cookies',
    async (origin) => {
      const { cookie } = await signIn(api.ours.email);
      const input = { name: 'Taken over' };
      const refused = await change('account.rename', cookie, input, { ...panel, origin });
      expect(refused).toMatchObject({ status: 403, error: { data: { code: 'FORBIDDEN' } } });
      const out = await fetch(`${api.url}/auth/sign-out`, {
        method: 'POST',
        headers: { ...panel, cookie, origin },
      });
      expect(out.status).toBe(403);
      expect((await ask('session.me', cookie)).data).toMatchObject({ account: { name: /^Account of/ } });
    },
  );

  it('is not what our own pages are, nor what is no page', async () => {
    const { cookie } = await signIn(api.ours.email);
    for (const headers of [page, panel, { ...panel, origin: 'https://panel.example' }]) {
      const name = `Account of ${api.ours.domain.name}`;
      expect((await change('account.rename', cookie, { name }, headers)).status).toBe(200);
    }
  });
});
