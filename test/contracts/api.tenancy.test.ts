/** Every procedure of the api, asked by another tenant: sees nothing, changes nothing, and learns not even what exists. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { startApi, type TestApi } from './api.harness.ts';
import {
  answerOf,
  listing,
  namesOf,
  naming,
  nobody,
  operatorOnly,
  ownOnly,
  period,
  procedurePaths,
} from './api.procedures.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

/** There is nothing to take away, it is the last of its kind, or no review has been made that it orders. */
const refusedToAll = ['domains.settings.unlist', 'members.remove', 'undo.order'];

const answer = (who: TenantScope | undefined, path: string, input: unknown) =>
  answerOf(api.services, who, { path, input });

async function lastPosition(): Promise<bigint | undefined> {
  const [last] = await Array.fromAsync(api.centre.store.readAll({ direction: 'backwards', limit: 1 }));
  return last?.position;
}

it('is asked for every procedure there is', () => {
  const asked = new Set([
    ...Object.keys(operatorOnly),
    ...Object.keys(naming),
    ...Object.keys(listing),
    ...ownOnly,
  ]);
  expect([...asked].toSorted()).toEqual(procedurePaths());
});

describe('without valid credentials', () => {
  it.each([...Object.keys({ ...operatorOnly, ...naming, ...listing }), ...ownOnly])(
    '%s answers UNAUTHORIZED',
    async (path) => {
      const input = operatorOnly[path] ?? naming[path]?.(namesOf(api.theirs)) ?? listing[path];
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
      const theirs = namesOf(api.theirs);
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
      if (refusedToAll.includes(path)) expect(own).not.toMatchObject({ code: 'NOT_FOUND' });
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
    const theirs = namesOf(api.theirs);
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
