/** Decides what may happen to an account. */
import type { Decider } from '../kernel/decider.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { AccountCommand, AccountEvent, AccountState } from './account.ts';

export type AccountRefusal = Refusal<
  'account-exists' | 'no-account' | 'account-closed' | 'bad-name' | 'last-owner' | 'no-member'
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
      return removeMember(command.data.userId, state);
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

function addMember(member: Extract<AccountCommand, { type: 'AddMember' }>['data'], state: Open): Decided {
  const existing = state.members.find((one) => one.userId === member.userId);
  if (existing !== undefined && JSON.stringify(existing) === JSON.stringify(member)) return ok([]);
  if (existing?.role === 'owner' && member.role !== 'owner' && owners(state) === 1) return lastOwner();
  return ok([{ type: 'MemberAdded', data: member }]);
}

function removeMember(userId: string, state: Open): Decided {
  const member = state.members.find((one) => one.userId === userId);
  if (member === undefined) return refuse('no-member', 'This user is not a member of the account.');
  if (member.role === 'owner' && owners(state) === 1) return lastOwner();
  return ok([{ type: 'MemberRemoved', data: { userId } }]);
}

const owners = (state: Open): number => state.members.filter((member) => member.role === 'owner').length;

const lastOwner = (): Decided =>
  refuse('last-owner', 'The last owner cannot leave; make somebody else an owner first.');

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
