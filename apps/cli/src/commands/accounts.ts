/** Commands about accounts and their members. */
import { Command, Option } from 'commander';
import type { Connection } from '../client.ts';
import { refused } from '../exit.ts';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printJson, printList, printThing } from '../output.ts';

type Api = Connection['api'];

export function accountCommands(): Command {
  const account = new Command('account').description('customers: they own domains');
  for (const command of [create(), list(), show(), rename(), member(), removeMember()]) {
    account.addCommand(command);
  }
  return account;
}

const create = (): Command =>
  apiCommand('create', 'open an account')
    .argument('<name>', 'name of the customer')
    .action(async (name: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const created = await api.accounts.create.mutate({ name });
        printThing(created, [['account', created.id]], { json: options.json === true });
      }),
    );

const list = (): Command =>
  apiCommand('list', 'all accounts').action(async (options: GlobalOptions) =>
    withApi(options, async ({ api }) => {
      const { items } = await api.accounts.list.query({});
      printList(
        items,
        [
          { title: 'ID', value: (one) => one.id },
          { title: 'NAME', value: (one) => one.name, max: 50 },
          { title: 'STATUS', value: (one) => one.status },
        ],
        { json: options.json === true, empty: 'No accounts yet. Open one: sluice account create NAME' },
      );
    }),
  );

const show = (): Command =>
  apiCommand('show', 'one account and its members')
    .argument('<account>', 'its id or name')
    .action(async (named: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const found = await api.accounts.show.query({ id: await accountId(api, named) });
        if (options.json === true) return printJson(found);
        const members = found.members.map((one) => `${one.email || one.userId} (${one.role})`);
        printThing(
          found,
          [
            ['account', found.id],
            ['name', found.name],
            ['status', found.status],
            ['members', members.join(', ') || 'none'],
          ],
          { json: false },
        );
      }),
    );

const rename = (): Command =>
  apiCommand('rename', 'give an account another name')
    .argument('<account>', 'its id or name')
    .argument('<name>', 'the new name')
    .action(async (named: string, name: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const renamed = await api.account.rename.mutate({ accountId: await accountId(api, named), name });
        printThing(renamed, [['account', renamed.id]], { json: options.json === true });
      }),
    );

interface MemberOptions extends GlobalOptions {
  readonly role: 'owner' | 'admin' | 'member' | 'auditor';
  readonly name?: string;
  readonly domain?: readonly string[];
}

const member = (): Command =>
  apiCommand('member', 'make somebody a member, or change what they are')
    .argument('<account>', 'its id or name')
    .argument('<email>')
    .addOption(
      new Option('--role <role>', 'what they may do')
        .choices(['owner', 'admin', 'member', 'auditor'])
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'name of the person, if they are new (default: the email)')
    .option('--domain <domains...>', 'only these domains (members and auditors)')
    .action(async (named: string, email: string, options: MemberOptions) =>
      withApi(options, async ({ api }) => {
        const account = await accountId(api, named);
        const { role, name = email, domain } = options;
        const membership = {
          accountId: account,
          role,
          ...(domain === undefined ? {} : { domainIds: [...domain] }),
        };
        const existing = await memberOf(api, account, email);
        const done: { readonly userId: string; readonly link?: string } =
          existing === undefined
            ? await api.members.invite.mutate({ ...membership, email, name })
            : await api.members.change.mutate({ ...membership, userId: existing });
        printThing(
          done,
          [
            ['user', done.userId],
            ['role', role],
            ['sets a password at', done.link && `${done.link} on the panel, once, within seven days`],
          ],
          { json: options.json === true },
        );
      }),
    );

const removeMember = (): Command =>
  apiCommand('remove-member', 'take somebody out of an account')
    .argument('<account>', 'its id or name')
    .argument('<email>')
    .action(async (named: string, email: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const account = await accountId(api, named);
        const userId = await memberOf(api, account, email);
        if (userId === undefined) throw refused(`${email} is no member of this account.`);
        const done = await api.members.remove.mutate({ accountId: account, userId });
        printThing(done, [['user', userId]], { json: options.json === true });
      }),
    );

async function accountId(api: Api, named: string): Promise<string> {
  const { items } = await api.accounts.list.query({});
  const found = items.filter((one) => one.id === named || one.name === named);
  const [only, another] = found;
  if (only === undefined) throw refused(`There is no account “${named}”; see: sluice account list`);
  if (another !== undefined) throw refused(`Several accounts are called “${named}”; name one by its id.`);
  return only.id;
}

async function memberOf(api: Api, account: string, email: string): Promise<string | undefined> {
  const { items } = await api.members.list.query({ accountId: account });
  return items.find((one) => one.email.toLowerCase() === email.toLowerCase())?.userId;
}
