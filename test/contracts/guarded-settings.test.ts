/** Who may change a setting that a check guards, and who takes the bytes of a mail with a virus: over real stores and HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '@sluice/core/account/account.ts';
import { changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { checkBits } from '@sluice/core/decision/mail-judged.ts';
import { createCommandContext } from '@sluice/core/use-cases/context.ts';
import { changeDomain, domainAt, type DomainChange } from '@sluice/core/use-cases/domains.ts';
import { startApi, type TestApi } from './api.harness.ts';
import { must, type TestDomain } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
let domain: TestDomain;
const people = new Map<Role, string>();

beforeAll(async () => {
  api = await startApi(server.url);
  ({ domain } = api.ours);
  for (const role of ['owner', 'admin', 'member'] as const) {
    const userId = crypto.randomUUID();
    const data = { userId, role };
    must(await changeAccount(api.centre.context, domain.accountId, { type: 'AddMember', data }));
    people.set(role, userId);
  }
});
afterAll(() => api?.close());

const change = (role: Role | 'operator', command: DomainChange) => {
  const context =
    role === 'operator'
      ? api.centre.context
      : createCommandContext(api.centre.context.ports, { kind: 'user', id: people.get(role)! });
  return changeDomain(context, domain, command);
};
const configure = (
  role: Role | 'operator',
  data: Extract<DomainChange, { type: 'ConfigureCheck' }>['data'],
) => change(role, { type: 'ConfigureCheck', data });
const release = (role: Role | 'operator', value: string) =>
  configure(role, { check: 'virus', settings: { release: value } });
const releaseNow = async () =>
  must(await domainAt(api.centre.context, domain.domainId)).details.overrides['virus']?.settings?.['release'];

const refused = { ok: false, error: { code: 'guarded-setting' } };

describe('a setting that a check guards', () => {
  it('is not changed by a member, who is told why, and is by admins, owners and the operator', async () => {
    const answer = await release('member', 'everybody');
    expect(answer).toMatchObject({
      error: {
        code: 'guarded-setting',
        message:
          'virus: release: Your role (member) does not allow you to change what members may do by themselves. An owner of the account can change that.',
      },
    });
    for (const role of ['admin', 'owner', 'operator'] as const) {
      for (const value of ['everybody', 'admin'])
        expect(await release(role, value)).toMatchObject({ ok: true });
    }
  });

  it('leaves the other settings of the check to members, and forms that write what is set already', async () => {
    expect(await configure('member', { check: 'virus', onError: 'ignore' })).toMatchObject({ ok: true });
    expect(await release('member', 'admin')).toMatchObject({ ok: true });
  });

  it('is not changed by way of a preset either', async () => {
    must(await release('owner', 'nobody'));
    expect(await change('member', { type: 'ChoosePreset', data: { preset: 'strict' } })).toMatchObject(
      refused,
    );
    expect(await releaseNow()).toBe('nobody');
    must(await change('admin', { type: 'ChoosePreset', data: { preset: 'balanced' } }));
    expect(await change('member', { type: 'ChoosePreset', data: { preset: 'strict' } })).toMatchObject({
      ok: true,
    });
  });

  it('is not changed while somebody else changes it at the same moment', async () => {
    const together = await Promise.all([release('owner', 'nobody'), release('member', 'admin')]);
    expect(together[0]).toMatchObject({ ok: true });
    expect(await releaseNow()).toBe('nobody');
    must(await release('owner', 'admin'));
  });
});

describe('the bytes of a mail with a virus', () => {
  const fetched = async (mailId: string, what: string, token: string) => {
    const response = await fetch(`${api.url}/mails/${mailId}/${what}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, text: await response.text() };
  };

  it('are taken away by whom its release is allowed, and shown as text to whoever reads mail', async () => {
    const { mailId } = await api.keep(domain, { reason: 'virus-found', failed: checkBits(['virus']) });
    const sentence =
      'A virus was found in this mail: the domain lets only the operator release or download it.';
    must(await release('owner', 'nobody'));
    for (const what of ['raw', 'parts/0']) {
      const answer = await fetched(mailId, what, 'ours');
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toEqual({ error: sentence });
      expect((await fetched(mailId, what, 'operator')).status).toBe(200);
    }
    expect((await fetched(mailId, 'html', 'ours')).status).not.toBe(403);
    must(await release('owner', 'admin'));
  });

  it('of a mail without one are for whoever reads mail, as ever', async () => {
    must(await release('owner', 'nobody'));
    const { mailId } = await api.keep(domain, {});
    expect((await fetched(mailId, 'raw', 'ours')).status).toBe(200);
    must(await release('owner', 'admin'));
  });
});
