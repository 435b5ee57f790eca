/** People for tests of the panel: made as the operator makes them. */
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '@sluice/api/router';
import { readRunFile } from '@sluice/environment';
import type { TestInstance } from '../../e2e/support/instance.ts';

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: 'owner' | 'admin' | 'member' | 'auditor';
  /** Made if there is none of this name. Default: the demo's. */
  readonly account?: string;
}

export const ann: NewPerson = {
  email: 'ann@demo.test',
  name: 'Ann Owner',
  password: 'a few good words',
  role: 'owner',
};
export const eve: NewPerson = {
  email: 'eve@demo.test',
  name: 'Eve Auditor',
  password: 'some other words',
  role: 'auditor',
};

/** Makes the person if they are new, and a member of the account. */
export async function addPerson(instance: TestInstance, person: NewPerson): Promise<void> {
  const run = await readRunFile(instance.dataDir);
  const headers = { authorization: `Bearer ${run?.operatorToken}` };
  const url = `http://127.0.0.1:${instance.ports.api}/trpc`;
  const api = createTRPCClient<AppRouter>({ links: [httpLink({ url, headers })] });
  const { email, name, password, role, account = 'Demo' } = person;
  const { items: users } = await api.users.list.query({});
  if (!users.some((user) => user.email === email)) await api.users.create.mutate({ email, name, password });
  const { items: accounts } = await api.accounts.list.query({});
  const accountId = accounts.find((one) => one.name === account)?.id ?? (await openAccount(api, account));
  await api.members.invite.mutate({ email, name, role, accountId });
}

/** The read model has it when this resolves. */
async function openAccount(api: TRPCClient<AppRouter>, name: string): Promise<string> {
  const { id, position } = await api.accounts.create.mutate({ name });
  await api.accounts.list.query(position === undefined ? {} : { after: position });
  return id;
}
