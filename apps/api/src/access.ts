/** Who calls and what they may do: decided here for procedures and plain HTTP routes alike. */
import type { Role } from '@sluice/core/account/account.ts';
import { type Action, actions, permissionsOf, refusalSentence } from '@sluice/core/account/permissions.ts';
import type { Actor } from '@sluice/core/kernel/event.ts';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
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

/** What a procedure asks of its caller: an action, to be signed in at all, or to be the operator. */
export type Requirement = Action | 'signed-in' | 'operator';

/** The caller, where they may. */
export function admit(caller: Caller | undefined, requirement: Requirement): Result<Caller, Denial> {
  if (caller === undefined) return fail(signInFirst);
  const denial = denialOf(caller, requirement);
  return denial === undefined ? ok(caller) : fail({ code: 'FORBIDDEN', status: 403, message: denial });
}

/** What a list or a decision quotes out of a mail is for those who may read mails. */
export function quoting<T extends { readonly excerpt: string }>({ permissions }: Caller, from: T): T {
  return permissions.includes('read-mail') ? from : { ...from, excerpt: '' };
}

function denialOf({ scope, permissions, account }: Caller, requirement: Requirement): string | undefined {
  if (requirement === 'signed-in') return undefined;
  if (requirement === 'operator') {
    return scope.kind === 'service' ? undefined : 'Only the operator may do this.';
  }
  return permissions.includes(requirement) ? undefined : refusalSentence(account?.role, requirement);
}
