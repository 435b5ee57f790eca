/** Decides what may happen to an account. */
import type { Decider } from '../kernel/decider.ts';
import { canBeLimited, mayAssign } from './permissions.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import {
  type AccountCommand,
  type AccountEvent,
  type AccountState,
  isSameMember,
  type Member,
  type Role,
} from './account.ts';

export type AccountRefusal = Refusal<
  | 'account-exists'
  | 'no-account'
  | 'account-closed'
  | 'bad-name'
  | 'bad-domains'
  | 'last-owner'
  | 'no-member'
  | 'owners-only'
>;

type Decided = Result<readonly AccountEvent[], AccountRefusal>;
type Open = Extract<AccountState, { status: 'open' }>;

const maxNameLength = 200;

export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent, AccountRefusal> = {
  initialState: { status: 'none' },
  decide(command, state) {
    if (command.type === 'OpenAccount') return open(command.data, state);
    if (state.status === 'none') return refuse('no-account', 'There is no such account.');
    if (state.status === 'closed') return refuse('account-closed', 'This account is closed.');
    return change(command, state);
  },
  evolve,
  isTerminal: (state) => state.status === 'closed',
};

function change(command: Exclude<AccountCommand, { type: 'OpenAccount' }>, state: Open): Decided {
  switch (command.type) {
    case 'RenameAccount':
      return named(command.data.name, () =>
        command.data.name === state.name
          ? []
          : [{ type: 'AccountRenamed', data: { name: command.data.name } }],
      );
    case 'AddMember':
      return addMember(command.data, state);
    case 'RemoveMember':
      return removeMember(command.data, state);
    case 'CloseAccount':
      return ok([{ type: 'AccountClosed', data: {} }]);
    default:
      return command satisfies never;
  }
}

function open(data: { readonly name: string; readonly trialEnds?: string }, state: AccountState): Decided {
  if (state.status !== 'none') return refuse('account-exists', 'This account exists already.');
  return named(data.name, () => [{ type: 'AccountOpened', data }]);
}

function named(name: string, events: () => readonly AccountEvent[]): Decided {
  if (name.trim() === '' || name.length > maxNameLength) {
    return refuse('bad-name', `An account needs a name of at most ${maxNameLength} characters.`);
  }
  return ok(events());
}

type DataOf<TType extends AccountCommand['type']> = Extract<AccountCommand, { type: TType }>['data'];

function addMember({ by, ...member }: DataOf<'AddMember'>, state: Open): Decided {
  const existing = state.members.find((one) => one.userId === member.userId);
  const concerned = existing === undefined ? [member.role] : [member.role, existing.role];
  if (!concerned.every((role) => assigns(by, role))) return ownersOnly();
  const wrong = wrongDomains(member);
  if (wrong !== undefined) return refuse('bad-domains', wrong);
  return existing === undefined
    ? ok([{ type: 'MemberAdded', data: member }])
    : changeMember(existing, member, state);
}

function changeMember(existing: Member, member: Member, state: Open): Decided {
  if (isSameMember(existing, member)) return ok([]);
  if (existing.role === 'owner' && member.role !== 'owner' && owners(state) === 1) return lastOwner();
  return ok([{ type: 'MemberAdded', data: member }]);
}

const assigns = (by: Role | undefined, role: Role): boolean => by === undefined || mayAssign(by, role);

function wrongDomains({ role, domainIds }: Member): string | undefined {
  if (domainIds === undefined) return undefined;
  if (!canBeLimited(role))
    return `An ${role} sees all domains; only members and auditors can be limited to some.`;
  return domainIds.length === 0 ? 'Name at least one domain, or none to allow all of them.' : undefined;
}

function removeMember({ userId, by }: DataOf<'RemoveMember'>, state: Open): Decided {
  const member = state.members.find((one) => one.userId === userId);
  if (member === undefined) return refuse('no-member', 'This user is not a member of the account.');
  if (!assigns(by, member.role)) return ownersOnly();
  if (member.role === 'owner' && owners(state) === 1) return lastOwner();
  return ok([{ type: 'MemberRemoved', data: { userId } }]);
}

const owners = (state: Open): number => state.members.filter((member) => member.role === 'owner').length;

const lastOwner = (): Decided =>
  refuse('last-owner', 'The last owner cannot leave; make somebody else an owner first.');

const ownersOnly = (): Decided =>
  refuse(
    'owners-only',
    'Only an owner can make, change or remove an owner; and only who manages members, others.',
  );

function evolve(state: AccountState, event: AccountEvent): AccountState {
  if (event.type === 'AccountOpened') return { status: 'open', members: [], ...event.data };
  if (state.status !== 'open') return state;
  switch (event.type) {
    case 'AccountRenamed':
      return { ...state, name: event.data.name };
    case 'MemberAdded':
      return { ...state, members: [...without(state, event.data.userId), event.data] };
    case 'MemberRemoved':
      return { ...state, members: without(state, event.data.userId) };
    case 'AccountClosed':
      return { status: 'closed', name: state.name };
    default:
      return event satisfies never;
  }
}

const without = (state: Open, userId: string) => state.members.filter((member) => member.userId !== userId);
