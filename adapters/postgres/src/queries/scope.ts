/** The one place where a tenant scope becomes a condition of SQL. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type RawBuilder, sql } from 'kysely';

/**
 * Rows of `table` that the scope shows, by its columns account_id and domain_id. A caller who is limited to some domains
 * sees no row that is of no domain.
 */
export function inScope(
  scope: TenantScope,
  table:
    | 'accounts'
    | 'bayes_models'
    | 'members'
    | 'domains'
    | 'mails'
    | 'timeline'
    | 'statistics'
    | 'undo_orders'
    | 'check_precision',
): RawBuilder<boolean> {
  if (scope.kind === 'service') return sql<boolean>`true`;
  const account = sql<boolean>`${sql.ref(`${table}.account_id`)} = ${scope.accountId}::uuid`;
  if (scope.domainIds === undefined) return account;
  return sql<boolean>`(${account} and ${sql.ref(`${table}.domain_id`)} = any(${scope.domainIds}::uuid[]))`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a caller's text can be an id at all; PostgreSQL refuses to compare any other with one. */
export const isId = (text: string): boolean => uuid.test(text);
