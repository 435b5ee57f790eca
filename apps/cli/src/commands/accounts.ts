/** Commands about accounts and users. */
import { Command } from 'commander';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printJson, printList, printThing } from '../output.ts';

export function accountCommands(): Command {
  const account = new Command('account').description('customers: they own domains');
  account.addCommand(
    apiCommand('create', 'open an account')
      .argument('<name>', 'name of the customer')
      .action(async (name: string, options: GlobalOptions) =>
        withApi(options, async ({ api }) => {
          const created = await api.accounts.create.mutate({ name });
          printThing(created, [['account', created.id]], { json: options.json === true });
        }),
      ),
  );
  account.addCommand(
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
    ),
  );
  account.addCommand(
    apiCommand('show', 'one account and its members')
      .argument('<id>')
      .action(async (id: string, options: GlobalOptions) =>
        withApi(options, async ({ api }) => {
          const found = await api.accounts.show.query({ id });
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
      ),
  );
  return account;
}

export function userCommands(): Command {
  const user = new Command('user').description('people who sign in');
  user.addCommand(
    apiCommand('create', 'create a user')
      .argument('<email>')
      .requiredOption('--name <name>', 'name of the person')
      .action(async (email: string, options: GlobalOptions & { readonly name: string }) =>
        withApi(options, async ({ api }) => {
          const created = await api.users.create.mutate({ email, name: options.name });
          printThing(created, [['user', created.id]], { json: options.json === true });
        }),
      ),
  );
  user.addCommand(
    apiCommand('list', 'all users').action(async (options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const { items } = await api.users.list.query({});
        printList(
          items,
          [
            { title: 'ID', value: (one) => one.id },
            { title: 'EMAIL', value: (one) => one.email, max: 60 },
            { title: 'NAME', value: (one) => one.name, max: 40 },
          ],
          { json: options.json === true, empty: 'No users yet.' },
        );
      }),
    ),
  );
  return user;
}
