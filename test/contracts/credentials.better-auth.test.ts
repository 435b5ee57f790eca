/** Sign-ins on a real PostgreSQL: credentials, sessions and invitations, and what does not open them. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { openSessions, type Sessions } from '@sluice/better-auth';
import { createIds } from '@sluice/node-crypto';
import { closeServer, listen } from '@sluice/telemetry';
import { usePostgres } from './support/postgres.ts';

const postgres = usePostgres();
const ids = createIds();
const password = 'correct horse battery';
const origin = 'http://panel.test';

let sessions: Sessions;
let url = '';
let server: ReturnType<typeof createServer>;
let address = 0;

const open = (publicUrl = origin, secret = 'a secret of at least 32 characters'): Promise<Sessions> =>
  openSessions({ postgresUrl: postgres.url, secret, publicUrl, trustedOrigins: () => [origin] });

beforeAll(async () => {
  sessions = await open();
  server = createServer((request, response) => void sessions.handler(request, response));
  url = `http://127.0.0.1:${await listen(server, { host: '127.0.0.1', port: 0 })}`;
});
afterAll(async () => {
  if (server !== undefined) await closeServer(server);
  await sessions?.close();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Cookies as a browser would send them back. */
  readonly cookie: string;
  readonly setCookie: readonly string[];
}

/** Each call from an address of its own, unless `from` says otherwise. */
async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  address += 1;
  const response = await fetch(`${url}/auth/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-real-ip': `198.51.100.${address % 250}`,
      origin,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const setCookie = response.headers.getSetCookie();
  const cookie = setCookie.map((one) => one.split(';')[0]).join('; ');
  return { status: response.status, body: await response.json().catch(() => null), cookie, setCookie };
}

const person = (email = `p-${crypto.randomUUID()}@Example.org`) => ({
  userId: ids.next(),
  email,
  name: 'Ada',
});

async function made(email?: string) {
  const one = person(email);
  expect(await sessions.createCredential({ ...one, password })).toEqual({ ok: true, value: undefined });
  return one;
}
const signIn = (email: string, word = password): Promise<Answer> =>
  post('sign-in/email', { email, password: word });
const whose = (cookie: string): ReturnType<Sessions['session']> =>
  sessions.session({ cookie } satisfies IncomingHttpHeaders);

describe('a password', () => {
  it('opens a session of the user with our own id, whatever the case of the email', async () => {
    const one = await made();
    const { status, cookie } = await signIn(one.email.toUpperCase());
    expect(status).toBe(200);
    expect(await whose(cookie)).toMatchObject({
      userId: one.userId,
      email: one.email.toLowerCase(),
      name: 'Ada',
    });
  });

  it('is at least ten characters, and not endless', async () => {
    for (const wrong of ['123456789', 'x'.repeat(129)]) {
      expect(await sessions.createCredential({ ...person(), password: wrong })).toEqual({
        ok: false,
        error: 'bad-password-length',
      });
    }
  });

  it('that is set anew ends the old one and its sessions', async () => {
    const one = await made();
    const { cookie } = await signIn(one.email);
    await sessions.createCredential({ ...one, password: 'another password' });
    expect(await whose(cookie)).toBeUndefined();
    expect((await signIn(one.email)).status).toBe(401);
    expect((await signIn(one.email, 'another password')).status).toBe(200);
  });

  it('can be changed by whoever knows it, and no shorter', async () => {
    const one = await made();
    const { cookie } = await signIn(one.email);
    const change = (currentPassword: string, newPassword: string) =>
      post('change-password', { currentPassword, newPassword }, { cookie });
    expect((await change('not the password', 'another password')).status).toBe(400);
    expect((await change(password, 'short')).status).toBe(400);
    expect((await change(password, 'another password')).status).toBe(200);
    expect((await signIn(one.email, 'another password')).status).toBe(200);
  });

  it('is not told from an unknown email, neither in words nor by the time it takes', async () => {
    const one = await made();
    const time = async (email: string): Promise<readonly [number, string]> => {
      const began = performance.now();
      const { status, body } = await signIn(email, 'not the password');
      return [performance.now() - began, `${status} ${JSON.stringify(body)}`];
    };
    const known: number[] = [];
    const unknown: number[] = [];
    const answers = new Set<string>();
    for (let round = 0; round < 7; round += 1) {
      const [knownMs, knownAnswer] = await time(one.email);
      const [unknownMs, unknownAnswer] = await time(person().email);
      known.push(knownMs);
      unknown.push(unknownMs);
      answers.add(knownAnswer).add(unknownAnswer);
    }
    expect([...answers]).toEqual([expect.stringMatching(/^401 /)]);
    const median = (all: number[]): number => all.toSorted((a, b) => a - b)[3]!;
    // Without the work on the password an answer would take a tenth of the time.
    expect(median(known) / median(unknown)).toBeGreaterThan(0.4);
    expect(median(known) / median(unknown)).toBeLessThan(2.5);
  });
});

describe('an email', () => {
  it('belongs to one user, in any case', async () => {
    const one = await made('Only@example.org');
    const other = person('oNLY@example.org');
    expect(await sessions.reserve(other)).toBe(one.userId);
    expect(await sessions.find('ONLY@EXAMPLE.ORG')).toBe(one.userId);
    expect(await sessions.createCredential({ ...other, password })).toEqual({
      ok: false,
      error: 'email-taken',
    });
  });

  it('is taken by one of many who want it at the same moment', async () => {
    const wanting = Array.from({ length: 8 }, () => person('race@example.org'));
    const holders = new Set(await Promise.all(wanting.map((one) => sessions.reserve(one))));
    expect(holders.size).toBe(1);
  });

  it('that is only reserved opens nothing', async () => {
    const one = person();
    await sessions.reserve(one);
    expect((await signIn(one.email, '')).status).toBe(401);
    expect(await sessions.hasCredential([one.userId])).toEqual(new Set());
  });

  it('is free again after its user is removed, whose sessions end', async () => {
    const one = await made();
    const { cookie } = await signIn(one.email);
    await sessions.removeUser(one.userId);
    expect(await whose(cookie)).toBeUndefined();
    expect((await signIn(one.email)).status).toBe(401);
    const next = person(one.email);
    expect(await sessions.reserve(next)).toBe(next.userId);
  });
});

describe('an invitation', () => {
  it('lets its user set a password, once', async () => {
    const one = person();
    await sessions.reserve(one);
    const token = await sessions.invitation(one.userId);
    expect((await post('reset-password', { newPassword: 'short', token })).status).toBe(400);
    expect((await post('reset-password', { newPassword: password, token })).status).toBe(200);
    expect((await post('reset-password', { newPassword: 'another password', token })).status).toBe(400);
    expect((await signIn(one.email)).status).toBe(200);
    expect(await sessions.hasCredential([one.userId, ids.next()])).toEqual(new Set([one.userId]));
  });

  it('ends the one before it', async () => {
    const one = person();
    await sessions.reserve(one);
    const first = await sessions.invitation(one.userId);
    await sessions.invitation(one.userId);
    expect((await post('reset-password', { newPassword: password, token: first })).status).toBe(400);
  });

  it('cannot be read from the database', async () => {
    const one = person();
    await sessions.reserve(one);
    const token = await sessions.invitation(one.userId);
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query('select * from auth.verification');
    await client.end();
    expect(JSON.stringify(rows)).toContain(one.userId);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('a session', () => {
  it('is a cookie of ours that no script reads and no other site sends along', async () => {
    const { setCookie } = await signIn((await made()).email);
    expect(setCookie).toHaveLength(1);
    expect(setCookie[0]).toMatch(/^sluice\.session_token=/);
    expect(setCookie[0]).toMatch(/; HttpOnly/i);
    expect(setCookie[0]).toMatch(/; SameSite=Lax/i);
    expect(setCookie[0]).not.toMatch(/; Secure/i);
  });

  it('is for encrypted connections only where the panel has one', async () => {
    const secure = await open('https://panel.test');
    const one = await made();
    const other = createServer((request, response) => void secure.handler(request, response));
    const port = await listen(other, { host: '127.0.0.1', port: 0 });
    const response = await fetch(`http://127.0.0.1:${port}/auth/sign-in/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-real-ip': '203.0.113.9',
        origin: 'https://panel.test',
      },
      body: JSON.stringify({ email: one.email, password }),
    });
    expect(response.headers.getSetCookie()[0]).toMatch(/^__Secure-sluice\.session_token=.*; Secure/i);
    await closeServer(other);
    await secure.close();
  });

  it('lasts thirty days from its last use', async () => {
    const one = await made();
    const { cookie } = await signIn(one.email);
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const set = (left: string) =>
      client.query(`update auth.session set "expiresAt" = now() + $2::interval where "userId" = $1`, [
        one.userId,
        left,
      ]);
    await set('2 days');
    expect(await whose(cookie)).toBeDefined();
    const { rows } = await client.query<{ left: number }>(
      `select extract(day from "expiresAt" - now())::int as left from auth.session where "userId" = $1`,
      [one.userId],
    );
    expect(rows[0]?.left).toBeGreaterThanOrEqual(29);
    await set('-1 second');
    expect(await whose(cookie)).toBeUndefined();
    await client.end();
  });

  it('ends when its user signs out', async () => {
    const { cookie } = await signIn((await made()).email);
    const out = await post('sign-out', {}, { cookie });
    expect(out.status).toBe(200);
    expect(out.setCookie.join()).toMatch(/sluice\.session_token=;.*Max-Age=0/i);
    expect(await whose(cookie)).toBeUndefined();
  });

  it('is not made by a cookie that we did not sign', async () => {
    const { cookie } = await signIn((await made()).email);
    const token = decodeURIComponent(cookie.split('=')[1]!).split('.')[0]!;
    for (const forged of [
      token,
      `${token}.${'A'.repeat(43)}=`,
      cookie.split('=')[1]!.replace(/^./, (one) => (one === 'a' ? 'b' : 'a')),
    ]) {
      expect(await whose(`sluice.session_token=${forged}`)).toBeUndefined();
    }
    const others = await open(origin, 'another secret of at least 32 characters');
    expect(await others.session({ cookie })).toBeUndefined();
    await others.close();
  });
});

describe('the routes', () => {
  it.each([
    'sign-up/email',
    'request-password-reset',
    'update-user',
    'delete-user',
    'change-email',
    'verify-password',
  ])('do not offer %s', async (path) => {
    expect((await post(path, { email: 'a@example.org', password, name: 'A' })).status).toBe(404);
  });

  it('refuse what a page of another site sends', async () => {
    const one = await made();
    const foreign = { origin: 'https://evil.example' };
    expect((await post('sign-in/email', { email: one.email, password }, foreign)).status).toBe(403);
    const { cookie } = await signIn(one.email);
    expect((await post('sign-out', {}, { cookie, ...foreign })).status).toBe(403);
    expect(await whose(cookie)).toBeDefined();
  });

  it('let one address try ten times a minute, and others go on', async () => {
    const one = await made();
    const from = { 'x-real-ip': '203.0.113.77' };
    const wrong = { email: one.email, password: 'not the password' };
    const statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      statuses.push((await post('sign-in/email', wrong, from)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    expect((await post('sign-in/email', { email: one.email, password }, from)).status).toBe(429);
    expect((await signIn(one.email)).status).toBe(200);
  });
});

describe('the tables', () => {
  it('are made by one of several processes that start at the same moment', async () => {
    const fresh = await postgres.createDatabase();
    const opened = await Promise.all(
      Array.from({ length: 4 }, () =>
        openSessions({
          postgresUrl: fresh,
          secret: 'a secret of at least 32 characters',
          publicUrl: origin,
          trustedOrigins: () => [],
        }),
      ),
    );
    const one = person();
    await opened[0]!.createCredential({ ...one, password });
    expect(await opened[3]!.hasCredential([one.userId])).toEqual(new Set([one.userId]));
    for (const each of opened) await each.close();
  });

  it('lie in a schema of their own', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query<{ table_schema: string }>(
      `select distinct table_schema from information_schema.tables where table_schema not like 'pg_%'`,
    );
    await client.end();
    expect(rows.map((row) => row.table_schema).toSorted()).toEqual(['auth', 'information_schema']);
  });
});
