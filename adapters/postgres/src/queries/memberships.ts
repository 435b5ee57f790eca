/** The accounts that a user belongs to: what a session may choose from. */
import type { Role } from '@sluice/core/account/account.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface MembershipView {
  readonly id: string;
  /** Of the account. */
  readonly name: string;
  readonly role: Role;
  /** Domains the member is limited to; undefined: all. */
  readonly domainIds: readonly string[] | undefined;
}

/** By name, of open accounts. Undefined: the user has been removed. */
export async function membershipsOf(
  scope: TenantScope,
  db: Database,
  userId: string,
): Promise<readonly MembershipView[] | undefined> {
  if (!isId(userId)) return undefined;
  const user = await db.selectFrom('users').select('status').where('user_id', '=', userId).executeTakeFirst();
  if (user?.status === 'removed') return undefined;
  const rows = await db
    .selectFrom('members')
    .innerJoin('accounts', 'accounts.account_id', 'members.account_id')
    .select(['members.account_id', 'accounts.name', 'members.role', 'members.domain_ids'])
    .where(inScope(scope, 'members'))
    .where(sql<boolean>`members.user_id = ${userId}::uuid and accounts.status = 'open'`)
    .orderBy('accounts.name')
    .orderBy('members.account_id')
    .execute();
  return rows.map((row) => ({
    id: row.account_id,
    name: row.name,
    // Written from events of our own, which know no other role.
    role: row.role as Role,
    domainIds: row.domain_ids ?? undefined,
  }));
}
