/** Every procedure of the api, asked by another tenant: sees nothing, changes nothing, and learns not even what exists. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { call, procedurePaths, startApi, type TestApi } from './api.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

/** Ids and names of a tenant's things, or of things that nobody has. */
interface Names {
  readonly domain: string;
  readonly domainId: string;
  readonly accountId: string;
  readonly mailId: string;
}

const operatorOnly: Readonly<Record<string, unknown>> = {
  'accounts.create': { name: 'Mine' },
  'archive.stats': undefined,
  'archive.verify': {},
  'domains.add': { name: 'new.example' },
  'domains.remove': { domain: 'ours.example' },
  'domains.settings.resume': { domain: 'ours.example' },
  'domains.settings.suspend': { domain: 'ours.example', reason: 'x' },
  'domains.settings.vouch': { domain: 'ours.example' },
  'edges.list': undefined,
  'events.read': { stream: 'packs' },
  'events.tail': {},
  'projections.list': undefined,
  'projections.order': { id: '1' },
  'projections.rebuild': { name: 'mails' },
  'queues.list': undefined,
  'queues.retry': { id: 'x' },
  'queues.return': { id: 'x' },
  'users.create': { email: 'a@example.org', name: 'A' },
};

const period = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };

/** Each with a domain, a mail or an account that the input names. */
const naming: Readonly<Record<string, (names: Names) => unknown>> = {
  'accounts.show': ({ accountId }) => ({ id: accountId }),
  'domains.show': ({ domain }) => ({ domain }),
  'domains.history': ({ domain }) => ({ domain }),
  'domains.settings.check': ({ domain }) => ({ domain, check: 'spf', mode: 'off' }),
  'domains.settings.list': ({ domain }) => ({ domain, action: 'allow', pattern: '@evil.example' }),
  'domains.settings.unlist': ({ domain }) => ({ domain, action: 'allow', pattern: '@evil.example' }),
  'domains.settings.preset': ({ domain }) => ({ domain, preset: 'strict' }),
  'domains.settings.route': ({ domain }) => ({ domain, urls: ['smtp://evil.example'] }),
  'domains.settings.thresholds': ({ domain }) => ({ domain, tag: 1, hold: 2, reject: 3 }),
  'mails.list': ({ domain }) => ({ domain }),
  'mails.show': ({ mailId }) => ({ id: mailId }),
  'mails.release': ({ mailId }) => ({ ids: [mailId] }),
  'quarantine.search': ({ domain }) => ({ domain }),
  'statistics.show': ({ domain }) => ({ domain, ...period }),
};

/** Those that list what the caller may see. */
const listing: Readonly<Record<string, unknown>> = {
  'accounts.list': {},
  'domains.list': {},
  'users.list': {},
  'mails.list': {},
  'quarantine.search': {},
  'statistics.show': period,
};

const nobody: Names = {
  domain: 'nobody.example',
  domainId: crypto.randomUUID(),
  accountId: crypto.randomUUID(),
  mailId: crypto.randomUUID(),
};

function namesOf({ theirs: { domain, mails } }: TestApi): Names {
  const { name, domainId, accountId } = domain;
  return { domain: name, domainId, accountId, mailId: mails[0]!.mailId };
}

async function answer(scope: TenantScope | undefined, path: string, input: unknown) {
  try {
    return { value: await call(api.services, scope, path, input) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { code: error.code, message: error.message };
  }
}

async function lastPosition(): Promise<bigint | undefined> {
  const [last] = await Array.fromAsync(api.centre.store.readAll({ direction: 'backwards', limit: 1 }));
  return last?.position;
}

it('is asked for every procedure there is', () => {
  const asked = new Set([...Object.keys(operatorOnly), ...Object.keys(naming), ...Object.keys(listing)]);
  expect([...asked].toSorted()).toEqual(procedurePaths());
});

describe('without valid credentials', () => {
  it.each(Object.keys({ ...operatorOnly, ...naming, ...listing }))(
    '%s answers UNAUTHORIZED',
    async (path) => {
      const input = operatorOnly[path] ?? naming[path]?.(namesOf(api)) ?? listing[path];
      expect(await answer(undefined, path, input)).toMatchObject({ code: 'UNAUTHORIZED' });
    },
  );
});

describe('what concerns the service', () => {
  it.each(Object.keys(operatorOnly))(
    '%s is forbidden to an account, its own things included',
    async (path) => {
      const before = await lastPosition();
      expect(await answer(api.ours.scope, path, operatorOnly[path])).toMatchObject({ code: 'FORBIDDEN' });
      expect(await lastPosition()).toBe(before);
    },
  );
});

describe('what is named', () => {
  it.each(Object.keys(naming))(
    '%s tells a foreign one from none in no way, and changes nothing',
    async (path) => {
      const input = naming[path]!;
      const theirs = namesOf(api);
      const scopes = [api.ours.scope, accountScope(api.ours.domain.accountId, [theirs.domainId])];
      const before = await lastPosition();
      for (const scope of scopes) {
        const missing = await answer(scope, path, input(nobody));
        expect(missing).toMatchObject({ code: 'NOT_FOUND' });
        expect(await answer(scope, path, input(theirs))).toEqual(missing);
        expect(await answer(scope, path, input({ ...theirs, domain: theirs.domainId }))).toEqual(missing);
      }
      expect(await lastPosition()).toBe(before);
      // The same question by whoever may ask it is answered, so that the above was no fault of the question.
      const own = await answer(operatorScope(), path, input(theirs));
      if (path === 'domains.settings.unlist') expect(own).not.toMatchObject({ code: 'NOT_FOUND' });
      else expect(own).toHaveProperty('value');
    },
  );

  it('is not released along with one’s own', async () => {
    const [own, foreign] = [api.ours.mails[1]!.mailId, api.theirs.mails[1]!.mailId];
    const before = await lastPosition();
    expect(await answer(api.ours.scope, 'mails.release', { ids: [own, foreign] })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await lastPosition()).toBe(before);
    for (const id of [own, foreign]) {
      expect(await Array.fromAsync(api.centre.store.readStream(mailStream(id)))).toEqual([]);
    }
  });
});

describe('what is listed', () => {
  it.each(Object.keys(listing))('%s shows nothing of another tenant', async (path) => {
    const theirs = namesOf(api);
    const text = async (scope: TenantScope) => JSON.stringify(await answer(scope, path, listing[path]));
    if (path === 'quarantine.search') {
      await eventually('their mails in the index', async () =>
        (await text(operatorScope())).includes(theirs.mailId),
      );
    }
    const shown = await text(api.ours.scope);
    expect(shown).toContain('"value"');
    for (const secret of [theirs.domain, theirs.domainId, theirs.accountId, theirs.mailId]) {
      expect(shown).not.toContain(secret);
    }
  });

  it('counts only one’s own mails', async () => {
    const count = async (scope: TenantScope): Promise<number> => {
      const { value } = (await answer(scope, 'statistics.show', period)) as {
        value: { series: readonly { count: number }[] };
      };
      return value.series.reduce((sum, one) => sum + one.count, 0);
    };
    await eventually('all mails counted', async () => (await count(operatorScope())) === 6);
    expect(await count(api.ours.scope)).toBe(3);
    expect(await count(accountScope(api.ours.domain.accountId, []))).toBe(0);
  });
});
