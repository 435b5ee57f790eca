/** Decides what may happen to a user. */
import type { Decider } from '../kernel/decider.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { UserCommand, UserEvent, UserState } from './user.ts';

export type UserRefusal = Refusal<'user-exists' | 'no-user' | 'bad-email' | 'bad-name'>;

type Decided = Result<readonly UserEvent[], UserRefusal>;

/** Something before and after one @, without spaces: whether it can be reached only a mail can tell. */
const emailShape = /^[^\s@]+@[^\s@]+$/;

export const userDecider: Decider<UserState, UserCommand, UserEvent, UserRefusal> = {
  initialState: { status: 'none' },
  decide(command, state) {
    switch (command.type) {
      case 'CreateUser':
        return create(command.data, state);
      case 'RenameUser':
        return rename(command.data.name, state);
      case 'RemoveUser':
        return state.status === 'active' ? ok([{ type: 'UserRemoved', data: {} }]) : noUser();
      default:
        return command satisfies never;
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'UserCreated':
        return { status: 'active', ...event.data };
      case 'UserRenamed':
        return state.status === 'active' ? { ...state, name: event.data.name } : state;
      case 'UserRemoved':
        return { status: 'removed' };
      default:
        return event satisfies never;
    }
  },
  isTerminal: (state) => state.status === 'removed',
};

function create(
  { email, name }: { readonly email: string; readonly name: string },
  state: UserState,
): Decided {
  if (state.status !== 'none') return refuse('user-exists', 'This user exists already.');
  if (!emailShape.test(email))
    return refuse('bad-email', 'A user needs an email address like name@example.org.');
  return ok([{ type: 'UserCreated', data: { email, name } }]);
}

function rename(name: string, state: UserState): Decided {
  if (state.status !== 'active') return noUser();
  if (name.trim() === '') return refuse('bad-name', 'A user needs a name.');
  return ok(name === state.name ? [] : [{ type: 'UserRenamed', data: { name } }]);
}

const noUser = (): Decided => refuse('no-user', 'There is no such user.');
