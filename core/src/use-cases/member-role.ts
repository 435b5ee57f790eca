/** The role that whoever asks has in an account, as its events say now: what a session says may be of a moment ago. */
import { accountStream, type Role } from '../account/account.ts';
import type { Actor } from '../kernel/event.ts';
import { type HandlingRefusal, loadState } from '../kernel/handle-command.ts';
import { ok, type Result } from '../kernel/result.ts';
import type { CommandContext } from './context.ts';

/** Undefined for who is no member, and for what is no user. */
export async function memberRole(
  { aggregates }: Pick<CommandContext, 'aggregates'>,
  accountId: string,
  actor: Actor,
): Promise<Result<Role | undefined, HandlingRefusal>> {
  if (actor.kind !== 'user') return ok(undefined);
  const account = await loadState(aggregates.account, accountStream(accountId));
  if (!account.ok) return account;
  const { state } = account.value;
  const members = state.status === 'open' ? state.members : [];
  return ok(members.find(({ userId }) => userId === actor.id)?.role);
}
