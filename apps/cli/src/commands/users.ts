/** Commands about users: people who sign in at the panel. */
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printList, printThing } from '../output.ts';

export function userCommands(): Command {
  const user = new Command('user').description('people who sign in');
  for (const command of [create(), list(), password(), remove()]) user.addCommand(command);
  return user;
}

interface PasswordOptions extends GlobalOptions {
  readonly passwordStdin?: boolean;
}

/** Never an argument: those are seen by everybody on the machine. */
const takesPassword = (command: Command): Command =>
  command.option(
    '--password-stdin',
    'read the password from standard input (default: one is made and printed)',
  );

async function givenPassword({ passwordStdin }: PasswordOptions): Promise<{ password?: string }> {
  if (passwordStdin !== true) return {};
  return { password: (await text(process.stdin)).replace(/\r?\n$/, '') };
}

const create = (): Command =>
  takesPassword(apiCommand('create', 'create a user; their password is printed once'))
    .argument('<email>')
    .requiredOption('--name <name>', 'name of the person')
    .action(async (email: string, options: PasswordOptions & { readonly name: string }) =>
      withApi(options, async ({ api }) => {
        const given = await givenPassword(options);
        const created = await api.users.create.mutate({ email, name: options.name, ...given });
        printThing(
          created,
          [
            ['user', created.id],
            ['password', created.password],
          ],
          { json: options.json === true },
        );
      }),
    );

const list = (): Command =>
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
        {
          json: options.json === true,
          empty: 'No users yet. Create one: sluice user create EMAIL --name NAME',
        },
      );
    }),
  );

const password = (): Command =>
  takesPassword(apiCommand('password', 'set another password; ends all sessions of the user'))
    .argument('<email>')
    .action(async (email: string, options: PasswordOptions) =>
      withApi(options, async ({ api }) => {
        const given = await givenPassword(options);
        const set = await api.users.password.mutate({ email, ...given });
        printThing(
          set,
          [
            ['user', set.id],
            ['password', set.password],
          ],
          { json: options.json === true },
        );
      }),
    );

const remove = (): Command =>
  apiCommand('remove', 'remove a user from all accounts and for good')
    .argument('<email>')
    .action(async (email: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const removed = await api.users.remove.mutate({ email });
        printThing(removed, [['user', removed.id]], { json: options.json === true });
      }),
    );
