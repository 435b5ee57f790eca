/** Queries about accounts and their members. */
import type { Role } from '@sluice/core/account/account.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Database } from '../connect.ts';
import type { AccountRow } from '../tables.ts';
import { inScope, isId } from './scope.ts';

export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** ISO 8601. */
  readonly trialEnds: string | undefined;
  readonly revision: number;
}

export interface MemberView {
  readonly accountId: string;
  readonly userId: string;
  /** '' for a user that is not known (yet). */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Domains the member is limited to; undefined: all. */
  readonly domainIds: readonly string[] | undefined;
}

/** By name. */
export async function listAccounts(scope: TenantScope, db: Database): Promise<readonly AccountView[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where(inScope(scope, 'accounts'))
    .orderBy('name')
    .orderBy('account_id')
    .execute();
  return rows.map(toAccount);
}

export async function showAccount(
  scope: TenantScope,
  db: Database,
  accountId: string,
): Promise<AccountView | undefined> {
  if (!isId(accountId)) return undefined;
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where(inScope(scope, 'accounts'))
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row && toAccount(row);
}

/** Of one account, or of all that the scope shows. */
export async function listMembers(
  scope: TenantScope,
  db: Database,
  filter: { readonly accountId?: string; readonly userId?: string } = {},
): Promise<readonly MemberView[]> {
  const { accountId, userId } = filter;
  if ([accountId, userId].some((id) => id !== undefined && !isId(id))) return [];
  const rows = await db
    .selectFrom('members')
    .leftJoin('users', 'users.user_id', 'members.user_id')
    .select(['members.account_id', 'members.user_id', 'members.role', 'members.domain_ids'])
    .select(['users.email', 'users.name'])
    .where(inScope(scope, 'members'))
    .where(
      accountId === undefined ? sql<boolean>`true` : sql<boolean>`members.account_id = ${accountId}::uuid`,
    )
    .where(userId === undefined ? sql<boolean>`true` : sql<boolean>`members.user_id = ${userId}::uuid`)
    .orderBy('members.account_id')
    .orderBy('users.email')
    .execute();
  return rows.map((row) => ({
    accountId: row.account_id,
    userId: row.user_id,
    email: row.email ?? '',
    name: row.name ?? '',
    // Written from events of our own, which know no other role.
    role: row.role as Role,
    domainIds: row.domain_ids ?? undefined,
  }));
}

function toAccount(row: Selectable<AccountRow>): AccountView {
  const { trialEnds } = row.state as { readonly trialEnds?: string };
  return { id: row.account_id, name: row.name, status: row.status, trialEnds, revision: row.revision };
}
