/** Members of an account: who may invite whom, who gets a link to set a password, and how one account never gets at another. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '@sluice/api';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { userStream } from '@sluice/core/user/user.ts';
import { removeUser } from '@sluice/core/use-cases/people.ts';
import { waitFor } from '@sluice/postgres';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

const operator = (): Caller => callerOf(operatorScope());
const owner = (): Caller => callerOf(api.ours.scope);
const admin = (): Caller => callerOf(api.ours.scope, 'admin');
const stranger = (): Caller => callerOf(api.theirs.scope);

interface Invited {
  readonly userId: string;
  readonly link?: string;
}
const ask = (who: Caller, path: string, input: unknown): Promise<unknown> =>
  call(api.services, who, path, input);
const invite = async (who: Caller, email: string, more: object = {}): Promise<Invited> =>
  (await ask(who, 'members.invite', { email, name: 'Somebody', role: 'member', ...more })) as Invited;
const fresh = (): string => `${crypto.randomUUID()}@example.org`;

async function setPassword({ link = '' }: Invited): Promise<number> {
  const token = new URL(link, 'http://panel.test').searchParams.get('token');
  const response = await fetch(`${api.url}/auth/reset-password`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-real-ip': `203.0.113.${Math.floor(Math.random() * 250)}`,
    },
    body: JSON.stringify({ newPassword: 'correct horse battery', token }),
  });
  return response.status;
}
const listed = async (who: Caller) =>
  ((await ask(who, 'members.list', {})) as { readonly items: readonly { readonly userId: string }[] }).items;

describe('an invitation', () => {
  it('makes a member with a link, by which they set their password once', async () => {
    const email = fresh();
    const invited = await invite(admin(), email);
    expect(invited.link).toMatch(/^\/set-password\?token=[\w-]{32}$/);
    expect(await listed(owner())).toContainEqual({
      userId: invited.userId,
      email,
      name: 'Somebody',
      role: 'member',
      signedIn: false,
    });
    expect(await setPassword(invited)).toBe(200);
    expect(await setPassword(invited)).toBe(400);
    expect(await listed(owner())).toContainEqual(expect.objectContaining({ email, signedIn: true }));
    expect(await invite(admin(), email.toUpperCase())).toEqual({
      userId: invited.userId,
      position: undefined,
    });
  });

  it('can be given again while there is no password', async () => {
    const email = fresh();
    const first = await invite(owner(), email);
    const second = await invite(owner(), email);
    expect(second.userId).toBe(first.userId);
    expect(await setPassword(first)).toBe(400);
    expect(await setPassword(second)).toBe(200);
  });

  it('does not change what a member is', async () => {
    const email = fresh();
    await invite(owner(), email);
    await expect(invite(owner(), email, { role: 'admin' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('of nonsense is refused and takes no email', async () => {
    await expect(invite(owner(), 'nobody')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await api.sessions.find('nobody')).toBeUndefined();
  });

  it('limits a member to domains of the account only', async () => {
    const { domain } = api.ours;
    const email = fresh();
    const { userId } = await invite(owner(), email, { domainIds: [domain.name] });
    expect(await listed(owner())).toContainEqual(
      expect.objectContaining({ userId, domainIds: [domain.domainId] }),
    );
    for (const who of [owner(), operator()]) {
      const input = {
        role: 'member',
        domainIds: [api.theirs.domain.domainId],
        accountId: api.ours.domain.accountId,
      };
      await expect(invite(who, fresh(), input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(ask(who, 'members.change', { ...input, userId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }
    const everything = { role: 'admin', domainIds: [domain.domainId] };
    await expect(invite(owner(), fresh(), everything)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('somebody whom another account has invited', () => {
  it('cannot be invited by us, since that account decides who holds the email', async () => {
    const email = fresh();
    await setPassword(await invite(stranger(), email));
    await expect(invite(owner(), email)).rejects.toMatchObject({ code: 'FORBIDDEN', message: /operator/ });
  });

  it('stays out of reach after that account has removed them', async () => {
    const email = fresh();
    const { userId } = await invite(stranger(), email);
    await ask(stranger(), 'members.remove', { userId });
    await expect(invite(owner(), email)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('can be added by the operator, which ends the link that the other account holds', async () => {
    const email = fresh();
    const old = await invite(stranger(), email);
    const added = await invite(operator(), email, { accountId: api.ours.domain.accountId });
    expect(added.userId).toBe(old.userId);
    expect(await invite(stranger(), email)).not.toHaveProperty('link');
    expect(await setPassword(old)).toBe(400);
    expect(await setPassword(added)).toBe(200);
  });
});

describe('a user of the operator’s', () => {
  it('can be invited by any account, without a link', async () => {
    const email = fresh();
    const { id } = (await ask(operator(), 'users.create', { email, name: 'Theirs' })) as {
      readonly id: string;
    };
    expect(await invite(owner(), email)).toEqual({ userId: id, position: expect.any(String) });
  });
});

describe('owners', () => {
  it('are made, changed and removed by owners only', async () => {
    await expect(invite(admin(), fresh(), { role: 'owner' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { userId } = await invite(owner(), fresh(), { role: 'owner' });
    const demote = { userId, role: 'member' };
    await expect(ask(admin(), 'members.change', demote)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(ask(admin(), 'members.remove', { userId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await ask(owner(), 'members.change', demote);
    await ask(admin(), 'members.remove', { userId });
    expect((await listed(owner())).map((one) => one.userId)).not.toContain(userId);
  });

  it('never all leave', async () => {
    const { userId } = api.ours;
    await expect(ask(owner(), 'members.remove', { userId })).rejects.toMatchObject({
      code: 'UNPROCESSABLE_CONTENT',
    });
    await expect(ask(operator(), 'users.remove', { email: api.ours.email })).rejects.toMatchObject({
      code: 'UNPROCESSABLE_CONTENT',
    });
    expect(await api.sessions.find(api.ours.email)).toBe(userId);
  });

  it('add domains, which receive no mail before they are proven', async () => {
    const added = { name: 'added.example', vouched: false };
    const { id, position } = (await ask(owner(), 'domains.add', added)) as Record<string, string>;
    expect(await ask(owner(), 'domains.show', { domain: id, after: position })).toMatchObject({
      accountId: api.ours.domain.accountId,
      status: 'unproven',
    });
    await expect(
      ask(owner(), 'domains.add', { name: 'vouched.example', vouched: true }),
    ).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(ask(admin(), 'domains.add', { name: 'other.example' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('a user who is removed', () => {
  const eventsOf = (userId: string) =>
    Array.fromAsync(api.centre.store.readStream(userStream(userId)), async (event) => ({
      type: event.type,
      read: await api.centre.context.aggregates.user.codec.decode(event),
    }));
  const create = async (name: string) => {
    const email = fresh();
    const made = (await ask(operator(), 'users.create', { email, name })) as Record<string, string>;
    await waitFor(api.services.db, 'settings', made['position'] ?? '');
    await waitFor(api.services.db, 'timeline', made['position'] ?? '');
    return { email, userId: made['id'] ?? '' };
  };
  const timeline = async (userId: string) =>
    JSON.stringify(
      await api.centre.postgres.db
        .selectFrom('timeline')
        .selectAll()
        .where('subject_id', '=', userId)
        .execute(),
    );

  it('leaves nothing personal in their events, nor in what was made of them', async () => {
    const { email, userId } = await create('Ada Lovelace');
    expect(await timeline(userId)).toContain('Ada Lovelace');
    const { position = '' } = (await ask(operator(), 'users.remove', { email })) as Record<string, string>;
    expect(await eventsOf(userId)).toMatchObject([
      { type: 'UserCreated', read: { ok: false, error: { code: 'erased', plain: {} } } },
      { type: 'UserRemoved', read: { ok: true } },
    ]);
    await waitFor(api.services.db, 'timeline', position);
    expect(await timeline(userId)).toContain('UserCreated');
    expect(await timeline(userId)).not.toMatch(/Ada|@example\.org/);
    await expect(ask(operator(), 'users.remove', { email })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is somebody else when they are created again with the same email', async () => {
    const { email, userId } = await create('Ada');
    await ask(operator(), 'users.remove', { email });
    const again = await ask(operator(), 'users.create', { email, name: 'Ada' });
    expect(again).not.toMatchObject({ id: userId });
  });

  it.each(['key', 'email'] as const)('is removed to the end when it had ended before the %s', async (at) => {
    const { email, userId } = await create('Ada');
    const { context, keys } = api.centre;
    const failing = async (): Promise<never> => Promise.reject(new Error('the machine stops'));
    const dying = {
      ...context,
      ports: { ...context.ports, keys: at === 'key' ? { ...keys, destroy: failing } : keys },
      credentials: { ...api.services.credentials, removeUser: failing },
    };
    await expect(removeUser(dying, userId, [])).rejects.toThrow('the machine stops');
    expect(await ask(operator(), 'users.remove', { email })).toMatchObject({ id: userId });
    expect((await eventsOf(userId))[0]?.read).toMatchObject({ ok: false, error: { code: 'erased' } });
    expect(await api.sessions.find(email)).toBeUndefined();
  });

  it('stays in all their accounts while one of them has no other owner', async () => {
    const { email, userId } = await create('Ada');
    const { accountId } = api.theirs.domain;
    const lone = (await ask(operator(), 'accounts.create', { name: 'Lone' })) as Record<string, string>;
    await ask(operator(), 'members.invite', { accountId, email, name: 'Ada', role: 'member' });
    const own = { accountId: lone['id'], email, name: 'Ada', role: 'owner' };
    const { position = '' } = (await ask(operator(), 'members.invite', own)) as Record<string, string>;
    await waitFor(api.services.db, 'settings', position);
    for (const accounts of [
      [accountId, lone['id'] ?? ''],
      [lone['id'] ?? '', accountId],
    ]) {
      const people = { ...api.centre.context, credentials: api.services.credentials };
      expect(await removeUser(people, userId, accounts)).toMatchObject({ error: { code: 'last-owner' } });
    }
    await expect(ask(operator(), 'users.remove', { email })).rejects.toMatchObject({
      code: 'UNPROCESSABLE_CONTENT',
    });
    expect((await listed(stranger())).map((one) => one.userId)).toContain(userId);
    expect((await eventsOf(userId)).map(({ type }) => type)).toEqual(['UserCreated']);
    expect(await api.sessions.find(email)).toBe(userId);
  });
});

describe('a user who is created', () => {
  it('at the same moment by several exists once', async () => {
    const email = fresh();
    const tried = await Promise.allSettled(
      [1, 2, 3, 4].map(() => ask(operator(), 'users.create', { email, name: 'N' })),
    );
    expect(tried.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('after a failure in between is the same one', async () => {
    const email = fresh();
    const id = await api.sessions.reserve({ userId: crypto.randomUUID(), email, name: 'N' });
    expect(await ask(operator(), 'users.create', { email, name: 'N' })).toMatchObject({ id });
  });
});
