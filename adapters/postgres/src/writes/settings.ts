/** Writes accounts with their members, users, and domains: each row is the state after the last event of its stream. */
import type { AccountState, Member } from '@sluice/core/account/account.ts';
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import type { UserState } from '@sluice/core/user/user.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

/** Where in the log a row stands. */
interface Standing {
  readonly revision: number;
  /** Decimal string. */
  readonly position: string;
}

export interface StoredDomain extends Standing {
  readonly domainId: string;
  readonly state: DomainDetails;
  /** ISO 8601. */
  readonly removedAt: string | undefined;
}

export interface StoredAccount extends Standing {
  readonly accountId: string;
  readonly state: Exclude<AccountState, { status: 'none' }>;
}

export interface StoredUser extends Standing {
  readonly userId: string;
  readonly state: Exclude<UserState, { status: 'none' }>;
}

export async function loadDomains(
  tx: DatabaseTransaction,
  domainIds: readonly string[],
): Promise<readonly StoredDomain[]> {
  const rows = await tx
    .selectFrom('domains')
    .select(['domain_id', 'state', 'removed_at', 'revision', 'position'])
    .where(sql<boolean>`domain_id = any(${domainIds}::uuid[])`)
    .execute();
  return rows.map((row) => ({
    domainId: row.domain_id,
    state: row.state as DomainDetails,
    removedAt: row.removed_at?.toISOString(),
    revision: row.revision,
    position: row.position,
  }));
}

const domainColumns: Columns<StoredDomain> = [
  ['domain_id', 'uuid', (domain) => domain.domainId],
  ['account_id', 'uuid', (domain) => domain.state.accountId],
  ['name', 'text', (domain) => domain.state.name],
  ['status', 'text', (domain) => domain.state.status],
  ['proven', 'boolean', (domain) => domain.state.proven],
  ['removed_at', 'timestamptz', (domain) => domain.removedAt ?? null],
  ['state', 'jsonb', (domain) => domain.state],
  ['revision', 'integer', (domain) => domain.revision],
  ['position', 'bigint', (domain) => domain.position],
];

export async function upsertDomains(
  tx: DatabaseTransaction,
  domains: readonly StoredDomain[],
): Promise<void> {
  if (domains.length === 0) return;
  await sql`insert into domains (${names(domainColumns)})
    select * from ${rowsOf(domainColumns, domains)}
    on conflict (domain_id) do update set
      account_id = excluded.account_id, name = excluded.name, status = excluded.status, proven = excluded.proven,
      removed_at = excluded.removed_at, state = excluded.state, revision = excluded.revision,
      position = excluded.position`.execute(tx);
}

export async function loadAccounts(
  tx: DatabaseTransaction,
  accountIds: readonly string[],
): Promise<readonly StoredAccount[]> {
  const rows = await tx
    .selectFrom('accounts')
    .select(['account_id', 'state', 'revision', 'position'])
    .where(sql<boolean>`account_id = any(${accountIds}::uuid[])`)
    .execute();
  return rows.map((row) => ({
    accountId: row.account_id,
    state: row.state as StoredAccount['state'],
    revision: row.revision,
    position: row.position,
  }));
}

const accountColumns: Columns<StoredAccount> = [
  ['account_id', 'uuid', (account) => account.accountId],
  ['name', 'text', (account) => account.state.name],
  ['status', 'text', (account) => account.state.status],
  ['state', 'jsonb', (account) => account.state],
  ['revision', 'integer', (account) => account.revision],
  ['position', 'bigint', (account) => account.position],
];

export async function upsertAccounts(
  tx: DatabaseTransaction,
  accounts: readonly StoredAccount[],
): Promise<void> {
  if (accounts.length === 0) return;
  await sql`insert into accounts (${names(accountColumns)})
    select * from ${rowsOf(accountColumns, accounts)}
    on conflict (account_id) do update set
      name = excluded.name, status = excluded.status, state = excluded.state, revision = excluded.revision,
      position = excluded.position`.execute(tx);
  await replaceMembers(tx, accounts);
}

const memberColumns: Columns<Member & { readonly accountId: string }> = [
  ['account_id', 'uuid', (member) => member.accountId],
  ['user_id', 'uuid', (member) => member.userId],
  ['role', 'text', (member) => member.role],
  ['domain_ids', 'jsonb', (member) => member.domainIds],
];

async function replaceMembers(tx: DatabaseTransaction, accounts: readonly StoredAccount[]): Promise<void> {
  const accountIds = accounts.map((account) => account.accountId);
  await sql`delete from members where account_id = any(${accountIds}::uuid[])`.execute(tx);
  const members = accounts.flatMap(({ accountId, state }) =>
    state.status === 'open' ? state.members.map((member) => ({ accountId, ...member })) : [],
  );
  if (members.length === 0) return;
  await sql`insert into members (${names(memberColumns)})
    select account_id, user_id, role,
      case when domain_ids is null then null
        else array(select jsonb_array_elements_text(domain_ids)::uuid) end
    from ${rowsOf(memberColumns, members)}`.execute(tx);
}

export async function loadUsers(
  tx: DatabaseTransaction,
  userIds: readonly string[],
): Promise<readonly StoredUser[]> {
  const rows = await tx
    .selectFrom('users')
    .select(['user_id', 'email', 'name', 'status', 'revision', 'position'])
    .where(sql<boolean>`user_id = any(${userIds}::uuid[])`)
    .execute();
  return rows.map(({ user_id, email, name, status, revision, position }) => ({
    userId: user_id,
    state: status === 'active' ? { status, email, name } : { status: 'removed' },
    revision,
    position,
  }));
}

const userColumns: Columns<StoredUser> = [
  ['user_id', 'uuid', (user) => user.userId],
  ['email', 'text', ({ state }) => (state.status === 'active' ? state.email : '')],
  ['name', 'text', ({ state }) => (state.status === 'active' ? state.name : '')],
  ['status', 'text', (user) => user.state.status],
  ['revision', 'integer', (user) => user.revision],
  ['position', 'bigint', (user) => user.position],
];

export async function upsertUsers(tx: DatabaseTransaction, users: readonly StoredUser[]): Promise<void> {
  if (users.length === 0) return;
  await sql`insert into users (${names(userColumns)})
    select * from ${rowsOf(userColumns, users)}
    on conflict (user_id) do update set
      email = excluded.email, name = excluded.name, status = excluded.status, revision = excluded.revision,
      position = excluded.position`.execute(tx);
}
