/** Commands about people: users with one email each, and who is a member of an account. */
import { accountStream, isSameMember, type Member, type Role } from '../account/account.ts';
import type { AccountRefusal } from '../account/account.decider.ts';
import { handleCommand, type HandlingRefusal, loadState } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { Credentials } from '../ports/credentials.ts';
import { userKeyId, type UserState, userStream } from '../user/user.ts';
import type { UserRefusal } from '../user/user.decider.ts';
import { changeAccount, createUser } from './accounts.ts';
import { type CommandContext, type Done, done } from './context.ts';

export interface PeopleContext extends CommandContext {
  readonly credentials: Credentials;
}

interface NewPerson {
  readonly email: string;
  readonly name: string;
  /** The account whose member asked; undefined: the operator. */
  readonly invitedBy?: string;
}

type RegisterRefusal = UserRefusal | HandlingRefusal;

/**
 * Creates a user whose email nobody else has. The email is taken before the first event, in the table of sign-ins: no stream
 * bears an address that could not be erased. Asking again, after a failure at any point, goes on where it ended.
 */
export async function registerUser(
  context: PeopleContext,
  person: NewPerson,
): Promise<Result<Done, RegisterRefusal>> {
  const email = person.email.trim();
  // Before the email is taken, so that nonsense takes none.
  const { decider } = context.aggregates.user;
  const data = { email, name: person.name };
  const decided = decider.decide(
    { type: 'CreateUser', data, metadata: context.metadata() },
    decider.initialState,
  );
  if (!decided.ok) return decided;
  const place = await freeId(context, data);
  return place.ok ? createUser(context, { ...person, email, id: place.value }) : place;
}

/** The id under which the email is taken for a user who has no event yet. */
async function freeId(
  context: PeopleContext,
  { email, name }: Pick<NewPerson, 'email' | 'name'>,
): Promise<Result<string, RegisterRefusal>> {
  const { credentials } = context;
  const person = { userId: context.ports.ids.next(), email, name };
  const holder = await credentials.reserve(person);
  if (holder === person.userId) return ok(holder);
  const state = await userState(context, holder);
  if (!state.ok) return state;
  if (state.value === 'none') return ok(holder);
  if (state.value === 'active')
    return refuse('user-exists', 'A user with this email address exists already.');
  // A removal that ended before it gave the email back.
  await forgetPerson(context, holder);
  const again = await credentials.reserve(person);
  return again === person.userId
    ? ok(again)
    : refuse('conflict', 'Somebody else takes this email at the same moment.');
}

async function userState(
  { aggregates }: CommandContext,
  userId: string,
): Promise<Result<UserState['status'], HandlingRefusal>> {
  const loaded = await loadState(aggregates.user, userStream(userId));
  if (loaded.ok) return ok(loaded.value.state.status);
  // The key of a user is destroyed when they have been removed, and never else.
  return loaded.error.code === 'erased' ? ok('removed') : loaded;
}

export interface Invitation {
  readonly accountId: string;
  /** Role of the member who invites; undefined: the operator. */
  readonly by: Role | undefined;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly domainIds?: readonly string[];
}

type InviteRefusal = RegisterRefusal | AccountRefusal | Refusal<'foreign-user' | 'is-member'>;

/** A member of the account by their email. New to us, they are created; whether they may be given a link is the caller's question. */
export async function inviteMember(
  context: PeopleContext,
  invitation: Invitation,
): Promise<Result<Done & { readonly isOwn: boolean }, InviteRefusal>> {
  const { accountId, by, role, domainIds } = invitation;
  const person = await personFor(context, invitation);
  if (!person.ok) return person;
  const { userId, isOwn } = person.value;
  const member: Member = { userId, role, ...(domainIds === undefined ? {} : { domainIds }) };
  const known = await memberNow(context, accountId, userId);
  if (!known.ok) return known;
  if (known.value !== undefined && !isSameMember(known.value, member)) {
    return refuse('is-member', 'They are a member already; change their role instead.');
  }
  const added = await changeAccount(context, accountId, {
    type: 'AddMember',
    data: { ...member, ...(by === undefined ? {} : { by }) },
  });
  return added.ok ? ok({ ...added.value, id: userId, isOwn }) : added;
}

interface KnownPerson {
  readonly userId: string;
  /** Nobody but this account, or the operator, vouches for them. */
  readonly isOwn: boolean;
}

/**
 * Whoever creates a user decides who holds the email, since no mail proves it: one that another account has created is not
 * to be had by an invitation, or that account could get at ours.
 */
async function personFor(
  context: PeopleContext,
  { accountId, by, email, name }: Invitation,
): Promise<Result<KnownPerson, InviteRefusal>> {
  const holder = await context.credentials.find(email.trim());
  const status = holder === undefined ? ok('none' as const) : await userState(context, holder);
  if (!status.ok) return status;
  const isOperator = by === undefined;
  if (holder === undefined || status.value !== 'active') {
    const created = await registerUser(context, {
      email,
      name,
      ...(isOperator ? {} : { invitedBy: accountId }),
    });
    return created.ok ? ok({ userId: created.value.id, isOwn: true }) : created;
  }
  if (isOperator) return ok({ userId: holder, isOwn: true });
  const creator = await creatorOf(context, holder);
  if (creator !== undefined && creator !== accountId) {
    return refuse(
      'foreign-user',
      'This person belongs to another account here; the operator can add them to yours.',
    );
  }
  return ok({ userId: holder, isOwn: creator === accountId });
}

/** The account whose member created a user; undefined: the operator did. */
async function creatorOf({ ports }: CommandContext, userId: string): Promise<string | undefined> {
  const [first] = await Array.fromAsync(ports.store.readStream(userStream(userId), { limit: 1 }));
  return first?.metadata.accountId;
}

async function memberNow(
  { aggregates }: CommandContext,
  accountId: string,
  userId: string,
): Promise<Result<Member | undefined, HandlingRefusal>> {
  const loaded = await loadState(aggregates.account, accountStream(accountId));
  if (!loaded.ok) return loaded;
  const { state } = loaded.value;
  return ok(state.status === 'open' ? state.members.find((one) => one.userId === userId) : undefined);
}

/**
 * Removes a user from their accounts, then for good: with their key goes what is personal in their events. Refused before
 * anything has changed where one of the accounts would be left without an owner. Asking again goes on where it ended.
 */
export async function removeUser(
  context: PeopleContext,
  userId: string,
  accountIds: readonly string[],
): Promise<Result<Done, UserRefusal | AccountRefusal | HandlingRefusal>> {
  const memberships = await membershipsToEnd(context, userId, accountIds);
  if (!memberships.ok) return memberships;
  for (const accountId of memberships.value) {
    const left = await changeAccount(context, accountId, { type: 'RemoveMember', data: { userId } });
    if (!left.ok && !isNoMember(left.error)) return left;
  }
  const removed = await handleCommand(
    context.aggregates.user,
    { stream: userStream(userId), keyId: userKeyId(userId) },
    { type: 'RemoveUser', data: {}, metadata: context.metadata() },
  );
  // Without a key there is nothing left to read of them: they were removed before.
  if (!removed.ok && removed.error.code !== 'no-user' && removed.error.code !== 'erased') return removed;
  await forgetPerson(context, userId);
  return ok(done(userId, removed.ok ? removed.value.position : undefined));
}

/** The email is free last, so that an attempt which ended before can be found by it. */
async function forgetPerson({ ports, credentials }: PeopleContext, userId: string): Promise<void> {
  await ports.keys.destroy(userKeyId(userId));
  await credentials.removeUser(userId);
}

/** The accounts that the user is a member of, all of which they may leave. */
async function membershipsToEnd(
  context: PeopleContext,
  userId: string,
  accountIds: readonly string[],
): Promise<Result<readonly string[], AccountRefusal | HandlingRefusal>> {
  const { account } = context.aggregates;
  const ending: string[] = [];
  for (const accountId of accountIds) {
    const loaded = await loadState(account, accountStream(accountId));
    if (!loaded.ok) return loaded;
    const leave = { type: 'RemoveMember' as const, data: { userId }, metadata: context.metadata() };
    const decided = account.decider.decide(leave, loaded.value.state);
    if (decided.ok) ending.push(accountId);
    else if (!isNoMember(decided.error)) return decided;
  }
  return ok(ending);
}

/** A closed account has no members. */
const isNoMember = ({ code }: { readonly code: string }): boolean =>
  code === 'no-member' || code === 'account-closed';
