/** Commands about accounts and users. */
import { type AccountCommand, accountStream } from '../account/account.ts';
import { handleCommand, type HandlingRefusal } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { AccountRefusal } from '../account/account.decider.ts';
import { userKeyId, userStream } from '../user/user.ts';
import type { UserRefusal } from '../user/user.decider.ts';
import { type CommandContext, type Done, done } from './context.ts';

type KeyRefusal = Refusal<'erased'>;

/** Opens an account. `id` may be given, so that asking twice opens one. */
export async function openAccount(
  context: CommandContext,
  { name, id = context.ports.ids.next() }: { readonly name: string; readonly id?: string },
): Promise<Result<Done, AccountRefusal | HandlingRefusal>> {
  return changeAccount(context, id, { type: 'OpenAccount', data: { name } });
}

type AccountChange = AccountCommand extends infer TCommand
  ? TCommand extends AccountCommand
    ? Pick<TCommand, 'type' | 'data'>
    : never
  : never;

export async function changeAccount(
  context: CommandContext,
  accountId: string,
  change: AccountChange,
): Promise<Result<Done, AccountRefusal | HandlingRefusal>> {
  const handled = await handleCommand(
    context.aggregates.account,
    { stream: accountStream(accountId), keyId: `account-${accountId}`, accountId },
    // The pair of type and data is one of AccountCommand; the spread loses that for the type checker.
    { ...change, metadata: context.metadata() } as AccountCommand,
  );
  return handled.ok ? ok(done(accountId, handled.value.position)) : handled;
}

interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly id?: string;
  /** The account whose member asked; undefined: the operator. */
  readonly invitedBy?: string;
}

/** Creates a user, with a key of their own for their personal data. */
export async function createUser(
  context: CommandContext,
  { email, name, id = context.ports.ids.next(), invitedBy }: NewUser,
): Promise<Result<Done, UserRefusal | HandlingRefusal | KeyRefusal>> {
  const command = { type: 'CreateUser' as const, data: { email, name }, metadata: context.metadata() };
  // Before the key is made, so that nonsense leaves none behind.
  const { decider } = context.aggregates.user;
  const decided = decider.decide(command, decider.initialState);
  if (!decided.ok) return decided;
  const key = await context.ports.keys.create(userKeyId(id));
  if (!key.ok) return refuse('erased', 'The key of this user has been destroyed.');
  const handled = await handleCommand(
    context.aggregates.user,
    {
      stream: userStream(id),
      keyId: userKeyId(id),
      ...(invitedBy === undefined ? {} : { accountId: invitedBy }),
    },
    command,
  );
  return handled.ok ? ok(done(id, handled.value.position)) : handled;
}
