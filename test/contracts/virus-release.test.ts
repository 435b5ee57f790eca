/** Who may release a mail with a virus, on a real event store: whom the domain names now, by the role they have now. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, userCaller } from '@sluice/api';
import type { Role } from '@sluice/core/account/account.ts';
import { roles } from '@sluice/core/account/permissions.ts';
import { type Releaser, releasers } from '@sluice/core/checks/virus.ts';
import { checkBits, type MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import type { Actor } from '@sluice/core/kernel/event.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { createCommandContext } from '@sluice/core/use-cases/context.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import { readDecision, type RecordedDecision, releaseMail } from '@sluice/core/use-cases/mails.ts';
import { mayRelease } from '@sluice/core/use-cases/release-permission.ts';
import { createMailLookup } from '@sluice/postgres';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
import { answerOf } from './api.procedures.ts';
import { must, type TestDomain, type TestMail } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;
let domain: TestDomain;
const people = new Map<Role, string>();

beforeAll(async () => {
  api = await startApi(server.url);
  ({ domain } = api.ours);
  for (const role of roles) people.set(role, await join(role));
});
afterAll(() => api?.close());

async function join(role: Role, userId: string = crypto.randomUUID()): Promise<string> {
  const data = { userId, role };
  must(await changeAccount(api.centre.context, domain.accountId, { type: 'AddMember', data }));
  return userId;
}

const setRelease = async (release: Releaser): Promise<void> => {
  const data = { check: 'virus', settings: { release } };
  must(await changeDomain(api.centre.context, domain, { type: 'ConfigureCheck', data }));
};

const fact = { status: 'infected', signature: 'Eicar-Test-Signature', engine: 'ClamAV 1.4.3/27500' };
const facts: MailJudgedData['facts'] = { virus: { status: 'observed', fact } };
const infected: TestMail = { reason: 'virus-found', failed: checkBits(['virus']), facts };

async function decide(mail: TestMail = infected): Promise<RecordedDecision> {
  const { mailId } = await api.keep(domain, mail);
  const place = await createMailLookup(api.services.db).find(operatorScope(), mailId);
  return must(await readDecision(api.centre, place!));
}

const by = (actor: Actor) => createCommandContext(api.centre.context.ports, actor);
const byUser = (id: string) => by({ kind: 'user', id });
const byRole = (role: Role) => byUser(people.get(role)!);

async function allowed(decision: RecordedDecision): Promise<readonly Role[]> {
  const { data, place } = decision;
  const found: Role[] = [];
  for (const role of roles) {
    const permission = await mayRelease(byRole(role), { domainId: place.domainId, data });
    if (permission.ok) found.push(role);
  }
  return found;
}

const withheld = { error: { code: 'virus-release', message: expect.stringMatching(/^A virus was found/) } };

describe('a mail with a virus', () => {
  const whom: Readonly<Record<Releaser, readonly Role[]>> = {
    nobody: [],
    owner: ['owner'],
    admin: ['owner', 'admin'],
    everybody: ['owner', 'admin', 'member'],
  };

  it('is released by owners and admins where the domain says nothing else', async () => {
    const decision = await decide();
    expect(await allowed(decision)).toEqual(['owner', 'admin']);
    expect(await releaseMail(byRole('member'), decision, {})).toMatchObject(withheld);
    expect(await releaseMail(byRole('member'), decision, { to: 'a@b.example' })).toMatchObject(withheld);
    expect(must(await releaseMail(byRole('admin'), decision, {})).position).toBeDefined();
  });

  it.each(releasers)('is released by whom the domain names now: %s', async (release) => {
    const decision = await decide();
    await setRelease(release);
    expect(await allowed(decision)).toEqual(whom[release]);
    await setRelease('admin');
  });

  it('is always released by the operator, and never by what acts for nobody', async () => {
    const decision = await decide();
    await setRelease('nobody');
    const part = { releaseId: crypto.randomUUID(), causationId: crypto.randomUUID() };
    const system = by({ kind: 'system', id: 'workers' });
    expect(await releaseMail(system, decision, { part })).toMatchObject(withheld);
    expect(must(await releaseMail(api.centre.context, decision, {})).position).toBeDefined();
    await setRelease('admin');
  });

  it('is told by its failed checks or its facts, whatever it was refused for', async () => {
    for (const mail of [{ failed: checkBits(['spf', 'virus']) }, { facts }])
      expect(await releaseMail(byRole('member'), await decide(mail), {})).toMatchObject(withheld);
    expect(must(await releaseMail(byRole('member'), await decide({}), {})).position).toBeDefined();
  });

  it('is not released by who was an admin, or is none of the account', async () => {
    const decision = await decide();
    const id = await join('admin');
    await join('member', id);
    expect(await releaseMail(byUser(id), decision, {})).toMatchObject(withheld);
    expect(await releaseMail(byUser(crypto.randomUUID()), decision, {})).toMatchObject(withheld);
  });
});

describe('the api', () => {
  const caller = (role: Role): Caller => {
    const { account } = callerOf(api.ours.scope, role);
    return userCaller({ id: people.get(role)!, email: 'a@b.example', name: 'A' }, [account!], account);
  };

  it('refuses the release of a mail with a virus to a member, and lets an owner', async () => {
    const { mailId: id } = (await decide()).place;
    const release = (role: Role) =>
      answerOf(api.services, caller(role), { path: 'mails.release', input: { ids: [id] } });
    const sentence =
      'A virus was found in this mail: the domain lets only owners and admins of the account release or download it.';
    expect(await release('member')).toEqual({ code: 'FORBIDDEN', message: sentence });
    const shown = (role: Role) => call(api.services, caller(role), 'mails.show', { id });
    expect(await shown('member')).toMatchObject({ canRelease: true, withheld: sentence });
    expect(await shown('owner')).toMatchObject({ canRelease: true, withheld: undefined });
    expect(await release('owner')).toMatchObject({ value: { items: [{ id, released: true }] } });
  });

  it('releases none of many where one has a virus, and names that one', async () => {
    const [clean, other] = [(await decide({})).place.mailId, (await decide()).place.mailId];
    const ask = (ids: readonly string[]) =>
      answerOf(api.services, caller('member'), { path: 'mails.release', input: { ids } });
    expect(await ask([clean, other])).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining(`${other}: A virus`),
    });
    expect(await ask([clean])).toMatchObject({ value: { items: [{ id: clean, released: true }] } });
  });

  it('tells clients by a code what was refused, so that the other mails of a selection go on', async () => {
    const { mailId } = (await decide()).place;
    await setRelease('nobody');
    const response = await fetch(`${api.url}/trpc/mails.release`, {
      method: 'POST',
      headers: { authorization: 'Bearer ours', 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [mailId] }),
    });
    await setRelease('admin');
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: { data: { code: 'FORBIDDEN', refusal: 'virus-release' } },
    });
  });
});
