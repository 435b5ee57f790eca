/** Every procedure of the api, asked by every role, and by a member who is limited to one domain of two. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '@sluice/api';
import { appRouter } from '@sluice/api/router';
import { type Action, actions, permissionsOf, roles } from '@sluice/core/account/permissions.ts';
import { accountScope } from '@sluice/core/kernel/tenant-scope.ts';
import { addDomain } from '@sluice/core/use-cases/domains.ts';
import { waitFor } from '@sluice/postgres';
import { callerOf, startApi, type TestApi } from './api.harness.ts';
import {
  type Answer,
  answerOf,
  listing,
  type Names,
  namesOf,
  naming,
  nobody,
  period,
  procedurePaths,
} from './api.procedures.ts';
import { must } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
/** A second domain of ours, with a mail. */
let second: Names;

beforeAll(async () => {
  api = await startApi(server.url);
  const { accountId } = api.ours.domain;
  const name = 'second.example';
  const added = must(
    await addDomain(api.centre.context, { name, accountId, preset: 'balanced', vouched: true }),
  );
  const domain = { accountId, domainId: added.id, name, position: added.position ?? '0' };
  await waitFor(api.services.db, 'settings', domain.position);
  const { mailId } = await api.keep(domain, { subject: 'of the second' });
  second = { domain: name, domainId: added.id, accountId, mailId, userId: api.ours.userId };
});
afterAll(() => api?.close());

/** `_def` of a procedure, as tRPC keeps it. */
const about = (path: string) => {
  const all = appRouter._def.procedures as unknown as Readonly<Record<string, { readonly _def: unknown }>>;
  return all[path]!._def as { readonly type: string; readonly meta: { readonly requires: string } };
};
const isAction = (requires: string): requires is Action => actions.some((action) => action === requires);

const ask = (who: Caller, path: string, input: unknown): Promise<Answer> =>
  answerOf(api.services, who, { path, input });
const inputFor = (path: string, names: Names): unknown => naming[path]?.(names) ?? listing[path];

/** What no procedure may be open for by mistake: reviewed here, procedure by procedure. */
const openToReaders = procedurePaths().filter((path) => about(path).meta.requires === 'read');

describe('what it takes', () => {
  it('is said of every procedure', () => {
    const said = procedurePaths().map((path) => about(path).meta.requires);
    expect(said.every((one) => isAction(one) || one === 'operator' || one === 'signed-in')).toBe(true);
  });

  it('is never only to look, where something changes', () => {
    expect(openToReaders.filter((path) => about(path).type === 'mutation')).toEqual([]);
    expect(about('mails.content').meta.requires).toBe('read-mail');
  });
});

describe.each(roles)('an account’s %s', (role) => {
  const forbidden = procedurePaths().filter((path) => {
    const { requires } = about(path).meta;
    return isAction(requires) && !permissionsOf(role).includes(requires);
  });

  it('is refused what their role does not allow, with a sentence, on their own things', async () => {
    for (const path of forbidden) {
      const answer = await ask(callerOf(api.ours.scope, role), path, inputFor(path, namesOf(api.ours)));
      expect([path, answer]).toEqual([
        path,
        { code: 'FORBIDDEN', message: expect.stringContaining(`(${role})`) },
      ]);
    }
  });

  it('may look at their account', async () => {
    for (const path of openToReaders) {
      const answer = await ask(callerOf(api.ours.scope, role), path, inputFor(path, namesOf(api.ours)));
      expect([path, answer]).toEqual([path, { value: expect.anything() }]);
    }
  });
});

it('an auditor reads no text of a mail', async () => {
  const mailId = namesOf(api.ours).mailId;
  const [auditor, member] = [callerOf(api.ours.scope, 'auditor'), callerOf(api.ours.scope, 'member')];
  const found = async (who: Caller): Promise<string> => {
    const { value } = await ask(who, 'quarantine.search', { text: 'are' });
    return (value as { readonly items: readonly { readonly excerpt: string }[] }).items
      .map((one) => one.excerpt)
      .join('');
  };
  await eventually('a text to be quoted', async () => (await found(member)) !== '');
  expect(await found(auditor)).toBe('');
  const quoted = async (who: Caller): Promise<unknown> => {
    const { value } = await ask(who, 'mails.show', { id: mailId });
    return (value as { readonly summary: { readonly excerpt: string } }).summary.excerpt;
  };
  expect(await quoted(member)).toBe('How are you?');
  expect(await quoted(auditor)).toBe('');
  for (const way of ['raw', 'html', 'parts/0']) {
    const response = await fetch(`${api.url}/mails/${mailId}/${way}`, {
      headers: { authorization: 'Bearer auditor' },
    });
    expect(response.status).toBe(403);
  }
});

it('an auditor does not find a mail by what is in it', async () => {
  const [auditor, member] = [callerOf(api.ours.scope, 'auditor'), callerOf(api.ours.scope, 'member')];
  const count = async (who: Caller, text: string): Promise<number> => {
    const { value } = await ask(who, 'quarantine.count', { text });
    return (value as { readonly count: number }).count;
  };
  const found = async (who: Caller, text: string): Promise<number> => {
    const { value } = await ask(who, 'quarantine.search', { text });
    return (value as { readonly items: readonly object[] }).items.length;
  };
  await eventually('a text that is found', async () => (await found(member, '"how are you"')) > 0);
  for (const text of ['"how are you"', 'are ', 'you*']) {
    expect([await found(auditor, text), await count(auditor, text)]).toEqual([0, 0]);
    expect(await count(member, text)).toBeGreaterThan(0);
  }
  const all = await count(member, '');
  expect([await count(auditor, '-are'), await count(auditor, '')]).toEqual([all, all]);
  // Asking for it oneself changes nothing.
  const { value } = await ask(auditor, 'quarantine.search', { text: 'are ', fields: 'all' });
  expect(value).toMatchObject({ items: [] });
});

describe('a member who is limited to one domain of two', () => {
  const limited = (): Caller =>
    callerOf(accountScope(api.ours.domain.accountId, [api.ours.domain.domainId]), 'member');
  const ofDomains = Object.keys(naming).filter((path) => {
    const { requires } = about(path).meta;
    if (isAction(requires) && !permissionsOf('member').includes(requires)) return false;
    const text = JSON.stringify(naming[path]!(nobody));
    return text.includes(nobody.domain) || text.includes(nobody.mailId);
  });

  it.each(ofDomains)('cannot tell the other one from none by %s', async (path) => {
    const missing = await ask(limited(), path, inputFor(path, nobody));
    expect(missing).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask(limited(), path, inputFor(path, second))).toEqual(missing);
    const own = await ask(limited(), path, inputFor(path, namesOf(api.ours)));
    expect(own).not.toMatchObject({ code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/) });
  });

  it.each(Object.keys(listing))('sees nothing of the other one in %s', async (path) => {
    await eventually('the other mail in the index', async () => {
      const all = await ask(callerOf(api.ours.scope), 'quarantine.search', {});
      return JSON.stringify(all).includes(second.mailId) ? true : undefined;
    });
    const shown = JSON.stringify(await ask(limited(), path, listing[path]));
    expect(shown).toContain('"value"');
    for (const secret of [second.domain, second.domainId, second.mailId]) expect(shown).not.toContain(secret);
  });

  it('counts the mails of their own only', async () => {
    const count = async (who: Caller): Promise<number> => {
      const { value } = (await ask(who, 'statistics.show', period)) as {
        value: { series: readonly { count: number }[] };
      };
      return value.series.reduce((sum, one) => sum + one.count, 0);
    };
    await eventually('all counted', async () => (await count(callerOf(api.ours.scope))) === 4);
    expect(await count(limited())).toBe(3);
  });

  it('releases none of the other one along with their own', async () => {
    const answer = await ask(limited(), 'mails.release', { ids: [namesOf(api.ours).mailId, second.mailId] });
    expect(answer).toMatchObject({ code: 'NOT_FOUND' });
  });
});
