/** Writes accounts with their members, users, and domains: each row is the state after the last event of its stream. */
import type { AccountState } from '@sluice/core/account/account.ts';
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import type { UserState } from '@sluice/core/user/user.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { column, jsonColumn } from './column.ts';

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

export async function upsertDomains(
  tx: DatabaseTransaction,
  domains: readonly StoredDomain[],
): Promise<void> {
  if (domains.length === 0) return;
  const columns = [
    column(
      'uuid',
      domains.map((domain) => domain.domainId),
    ),
    column(
      'uuid',
      domains.map((domain) => domain.state.accountId),
    ),
    column(
      'text',
      domains.map((domain) => domain.state.name),
    ),
    column(
      'text',
      domains.map((domain) => domain.state.status),
    ),
    column(
      'boolean',
      domains.map((domain) => domain.state.proven),
    ),
    column(
      'timestamptz',
      domains.map((domain) => domain.removedAt ?? null),
    ),
    jsonColumn(domains.map((domain) => domain.state)),
    column(
      'integer',
      domains.map((domain) => domain.revision),
    ),
    column(
      'bigint',
      domains.map((domain) => domain.position),
    ),
  ];
  await sql`insert into domains (
      domain_id, account_id, name, status, proven, removed_at, state, revision, position)
    select * from unnest(${sql.join(columns)})
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

export async function upsertAccounts(
  tx: DatabaseTransaction,
  accounts: readonly StoredAccount[],
): Promise<void> {
  if (accounts.length === 0) return;
  const columns = [
    column(
      'uuid',
      accounts.map((account) => account.accountId),
    ),
    column(
      'text',
      accounts.map((account) => account.state.name),
    ),
    column(
      'text',
      accounts.map((account) => account.state.status),
    ),
    jsonColumn(accounts.map((account) => account.state)),
    column(
      'integer',
      accounts.map((account) => account.revision),
    ),
    column(
      'bigint',
      accounts.map((account) => account.position),
    ),
  ];
  await sql`insert into accounts (account_id, name, status, state, revision, position)
    select * from unnest(${sql.join(columns)})
    on conflict (account_id) do update set
      name = excluded.name, status = excluded.status, state = excluded.state, revision = excluded.revision,
      position = excluded.position`.execute(tx);
  await replaceMembers(tx, accounts);
}

async function replaceMembers(tx: DatabaseTransaction, accounts: readonly StoredAccount[]): Promise<void> {
  const accountIds = accounts.map((account) => account.accountId);
  await sql`delete from members where account_id = any(${accountIds}::uuid[])`.execute(tx);
  const members = accounts.flatMap(({ accountId, state }) =>
    state.status === 'open' ? state.members.map((member) => ({ accountId, ...member })) : [],
  );
  if (members.length === 0) return;
  const columns = [
    column(
      'uuid',
      members.map((member) => member.accountId),
    ),
    column(
      'uuid',
      members.map((member) => member.userId),
    ),
    column(
      'text',
      members.map((member) => member.role),
    ),
    jsonColumn(members.map((member) => member.domainIds)),
  ];
  await sql`insert into members (account_id, user_id, role, domain_ids)
    select account_id, user_id, role,
      case when domain_ids is null then null
        else array(select jsonb_array_elements_text(domain_ids)::uuid) end
    from unnest(${sql.join(columns)}) as new (account_id, user_id, role, domain_ids)`.execute(tx);
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

export async function upsertUsers(tx: DatabaseTransaction, users: readonly StoredUser[]): Promise<void> {
  if (users.length === 0) return;
  const columns = [
    column(
      'uuid',
      users.map((user) => user.userId),
    ),
    column(
      'text',
      users.map(({ state }) => (state.status === 'active' ? state.email : '')),
    ),
    column(
      'text',
      users.map(({ state }) => (state.status === 'active' ? state.name : '')),
    ),
    column(
      'text',
      users.map((user) => user.state.status),
    ),
    column(
      'integer',
      users.map((user) => user.revision),
    ),
    column(
      'bigint',
      users.map((user) => user.position),
    ),
  ];
  await sql`insert into users (user_id, email, name, status, revision, position)
    select * from unnest(${sql.join(columns)})
    on conflict (user_id) do update set
      email = excluded.email, name = excluded.name, status = excluded.status, revision = excluded.revision,
      position = excluded.position`.execute(tx);
}
