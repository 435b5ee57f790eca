/** The demo: an account and the domain demo.test, vouched, routed to the demo inbox; made once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '@sluice/api/router';
import type { Config } from '@sluice/environment';
import type { Instance } from './supervisor.ts';

const demoDomain = 'demo.test';

type Api = TRPCClient<AppRouter>;

export const demoEmail = 'owner@demo.test';

export interface Demo {
  readonly domain: string;
  /** Of its owner: only at the start that has made them; nobody can read it later. */
  readonly password: string | undefined;
}

/** Makes what is missing; what somebody has changed since is left as it is. */
export async function ensureDemo(config: Config, instance: Instance): Promise<Demo> {
  const headers = { authorization: `Bearer ${instance.operatorToken}` };
  const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${instance.apiUrl}/trpc`, headers })] });
  const { items } = await api.domains.list.query({});
  if (!items.some((domain) => domain.name === demoDomain)) {
    await makeDemo(api, instance.ports['inbox'] ?? config.inboxPort);
  }
  return { domain: demoDomain, password: await ensureOwner(api) };
}

async function makeDemo(api: Api, inboxPort: number): Promise<void> {
  const { items: accounts } = await api.accounts.list.query({});
  const existing = accounts.find((account) => account.name === 'Demo')?.id;
  const accountId = existing ?? (await openAccount(api));
  const added = await api.domains.add.mutate({ name: demoDomain, accountId, vouched: true });
  await api.domains.list.query(after(added));
  const urls = [`smtp://127.0.0.1:${inboxPort}?tls=none`];
  await api.domains.settings.route.mutate({ domain: demoDomain, urls });
  const last = await api.domains.settings.list.mutate({
    domain: demoDomain,
    action: 'block',
    pattern: 'spam.example',
    authenticated: false,
    note: 'For trying: everything from spam.example is refused',
  });
  await inForce(api, last.position);
}

async function openAccount(api: Api): Promise<string> {
  const created = await api.accounts.create.mutate({ name: 'Demo' });
  // The read model has it before the domain is added to it.
  await api.accounts.list.query(after(created));
  return created.id;
}

/** Somebody to sign in as at the panel; made where the demo account has nobody. */
async function ensureOwner(api: Api): Promise<string | undefined> {
  const accountId = (await api.accounts.list.query({})).items.find((account) => account.name === 'Demo')?.id;
  if (accountId === undefined || (await api.members.list.query({ accountId })).items.length > 0)
    return undefined;
  const { items: users } = await api.users.list.query({});
  const isKnown = users.some((user) => user.email === demoEmail);
  const name = 'Demo Owner';
  const { password } = isKnown
    ? await api.users.password.mutate({ email: demoEmail })
    : await api.users.create.mutate({ email: demoEmail, name });
  await api.members.invite.mutate({ accountId, email: demoEmail, name, role: 'owner' });
  return password;
}

const after = ({ position }: { readonly position?: string }) =>
  position === undefined ? {} : { after: position };

const inForceDeadlineMs = 15_000;
const pollMs = 50;
/** An edge asks at least every half minute; one that does not is gone. */
const aliveMs = 60_000;

/** Waits until every edge judges by settings at least as new as the position: only then the demo is ready to be tried. */
async function inForce(api: Api, position: string | undefined): Promise<void> {
  const deadline = performance.now() + inForceDeadlineMs;
  while (position !== undefined && performance.now() < deadline) {
    const { items } = await api.edges.list.query();
    const alive = items.filter((edge) => Date.now() - Date.parse(edge.seenAt) < aliveMs);
    if (alive.length > 0 && alive.every((edge) => BigInt(edge.position) >= BigInt(position))) return;
    await sleep(pollMs);
  }
}
