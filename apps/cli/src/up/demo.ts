/** The demo: an account and the domain demo.test, vouched, routed to the demo inbox; made once. */
import { createTRPCClient, httpLink } from '@trpc/client';
import type { AppRouter } from '@sluice/api/router';
import type { Config } from '@sluice/environment';
import type { Instance } from './supervisor.ts';

export const demoDomain = 'demo.test';

export interface Demo {
  readonly domain: string;
}

/** Makes what is missing; what somebody has changed since is left as it is. */
export async function ensureDemo(config: Config, instance: Instance): Promise<Demo> {
  const headers = { authorization: `Bearer ${instance.operatorToken}` };
  const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${instance.apiUrl}/trpc`, headers })] });
  const { items } = await api.domains.list.query({});
  const isNew = !items.some((domain) => domain.name === demoDomain);
  if (isNew) {
    const { items: accounts } = await api.accounts.list.query({});
    const existing = accounts.find((account) => account.name === 'Demo');
    const created = existing ?? (await api.accounts.create.mutate({ name: 'Demo' }));
    const after = 'position' in created && created.position !== undefined ? { after: created.position } : {};
    await api.accounts.list.query(after);
    const added = await api.domains.add.mutate({ name: demoDomain, accountId: created.id, vouched: true });
    await api.domains.list.query(added.position === undefined ? {} : { after: added.position });
    const url = `smtp://127.0.0.1:${instance.ports['inbox'] ?? config.inboxPort}?tls=none`;
    await api.domains.settings.route.mutate({ domain: demoDomain, urls: [url] });
    await api.domains.settings.list.mutate({
      domain: demoDomain,
      action: 'block',
      pattern: 'spam.example',
      authenticated: false,
      note: 'For trying: everything from spam.example is refused',
    });
  }
  return { domain: demoDomain };
}
