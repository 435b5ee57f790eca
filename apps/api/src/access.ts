/** Who calls and what they may do: decided here for procedures and plain HTTP routes alike. */
import type { Role } from '@sluice/core/account/account.ts';
import { type Action, actions, permissionsOf, refusalSentence } from '@sluice/core/account/permissions.ts';
import type { Actor } from '@sluice/core/kernel/event.ts';
import {
  accountScope,
  emptyScope,
  operatorScope,
  type TenantScope,
} from '@sluice/core/kernel/tenant-scope.ts';

/** An account that a user is a member of. */
export interface Membership {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Domains the member is limited to; undefined: all. */
  readonly domainIds: readonly string[] | undefined;
}

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** Who calls: made from a token or a session, never from what a caller says of themselves. */
export interface Caller {
  readonly actor: Actor;
  readonly scope: TenantScope;
  readonly permissions: readonly Action[];
  /** Undefined: the operator. */
  readonly user: User | undefined;
  /** Undefined: the operator, or a user of no account. */
  readonly account: Membership | undefined;
  /** All accounts of the user, by name. */
  readonly accounts: readonly Membership[];
}

export const operatorCaller = (): Caller => ({
  actor: { kind: 'operator', id: 'operator' },
  scope: operatorScope(),
  permissions: actions,
  user: undefined,
  account: undefined,
  accounts: [],
});

/** `account`: one of `accounts`; undefined where there is none, and then nothing is visible. */
export function userCaller(
  user: User,
  accounts: readonly Membership[],
  account: Membership | undefined,
): Caller {
  return {
    actor: { kind: 'user', id: user.id },
    scope: account === undefined ? emptyScope() : accountScope(account.id, account.domainIds),
    permissions: account === undefined ? [] : permissionsOf(account.role),
    user,
    account,
    accounts,
  };
}

/** Why a caller may not do something. */
export interface Denial {
  readonly code: 'UNAUTHORIZED' | 'FORBIDDEN';
  readonly status: 401 | 403;
  readonly message: string;
}

const signInFirst: Denial = {
  code: 'UNAUTHORIZED',
  status: 401,
  message: 'Sign in first: there is no session, or the token is not valid.',
};

const forbidden = (message: string): Denial => ({ code: 'FORBIDDEN', status: 403, message });

/** What a procedure asks of its caller: an action, to be signed in at all, or to be the operator. */
export type Requirement = Action | 'signed-in' | 'operator';

/** Undefined where the caller may. */
export function denialOf(caller: Caller | undefined, requirement: Requirement): Denial | undefined {
  if (caller === undefined) return signInFirst;
  if (requirement === 'signed-in') return undefined;
  if (requirement === 'operator') {
    return caller.scope.kind === 'service' ? undefined : forbidden('Only the operator may do this.');
  }
  if (caller.permissions.includes(requirement)) return undefined;
  return forbidden(refusalSentence(caller.account?.role, requirement));
}
