/** Queries about users: a user is visible to the accounts that they are a member of. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { UserRow } from '../tables.ts';
import { inScope, isId } from './scope.ts';

export interface UserView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly status: string;
}

/** By email; removed users are left out. */
export async function listUsers(scope: TenantScope, db: Database): Promise<readonly UserView[]> {
  const rows = await visibleUsers(scope, db)
    .where('status', '=', 'active')
    .orderBy('email')
    .orderBy('user_id')
    .execute();
  return rows.map(toUser);
}

export async function showUser(
  scope: TenantScope,
  db: Database,
  userId: string,
): Promise<UserView | undefined> {
  if (!isId(userId)) return undefined;
  const row = await visibleUsers(scope, db).where('user_id', '=', userId).executeTakeFirst();
  return row && toUser(row);
}

/** Case of the address does not count. */
export async function userByEmail(
  scope: TenantScope,
  db: Database,
  email: string,
): Promise<UserView | undefined> {
  const row = await visibleUsers(scope, db)
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .where('status', '=', 'active')
    .orderBy('user_id')
    .executeTakeFirst();
  return row && toUser(row);
}

function visibleUsers(scope: TenantScope, db: Database) {
  const users = db.selectFrom('users').selectAll();
  if (scope.kind === 'service') return users;
  return users.where(sql<boolean>`exists (
    select 1 from members where members.user_id = users.user_id and ${inScope(scope, 'members')})`);
}

const toUser = (row: Selectable<UserRow>): UserView => ({
  id: row.user_id,
  email: row.email,
  name: row.name,
  status: row.status,
});
