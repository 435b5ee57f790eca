/** Procedures about the caller: who they are, and what they may do where. */
import type { Action } from '@sluice/core/account/permissions.ts';
import type { Role } from '@sluice/core/account/account.ts';
import type { Membership, User } from '../access.ts';
import { router, signedInProcedure } from '../trpc.ts';

interface AccountOfSession {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

interface Me {
  /** Null: the operator. */
  readonly user: User | null;
  /** The chosen one; null for the operator, and for a user of no account. */
  readonly account: AccountOfSession | null;
  readonly accounts: readonly AccountOfSession[];
  readonly permissions: readonly Action[];
}

const describe = ({ id, name, role }: Membership): AccountOfSession => ({ id, name, role });

export const session = router({
  me: signedInProcedure.query(({ ctx: { caller } }): Me => ({
    user: caller.user ?? null,
    account: caller.account === undefined ? null : describe(caller.account),
    accounts: caller.accounts.map(describe),
    permissions: caller.permissions,
  })),
});
