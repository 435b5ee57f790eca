/** Who did things, for timelines: names of users, and whose a domain's route is. */
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { DomainView } from './domains.ts';
import { inScope, isId } from './scope.ts';

/**
 * Names (or addresses) of users by id. Within an account only of its members; also for a member who sees some domains
 * only, since the ids come from events that they may see.
 */
export async function namesOfUsers(
  scope: TenantScope,
  db: Database,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = userIds.filter(isId);
  if (wanted.length === 0) return new Map();
  const users = db
    .selectFrom('users')
    .select(['user_id', 'name', 'email'])
    .where(sql<boolean>`user_id = any(${wanted}::uuid[])`);
  const rows = await (
    scope.kind === 'service'
      ? users
      : users.where(
          sql<boolean>`exists (select 1 from members
            where members.user_id = users.user_id and members.account_id = ${scope.accountId}::uuid)`,
        )
  ).execute();
  return new Map(rows.map((row) => [row.user_id, row.name || row.email]));
}

/** Whether the operator has set the route that a domain has now; a row of an older version leaves it to the timeline. */
export async function isRouteTrusted(
  scope: TenantScope,
  db: Database,
  { id, details }: Pick<DomainView, 'id' | 'details'>,
): Promise<boolean> {
  if (details.route.length === 0) return false;
  return details.routeTrusted ?? (await routeSetBy(scope, db, id)) === 'operator';
}

/** What kind of caller set the route that a domain has now; undefined if nobody has, or the timeline is behind. */
export async function routeSetBy(
  scope: TenantScope,
  db: Database,
  domainId: string,
): Promise<Actor['kind'] | undefined> {
  if (!isId(domainId)) return undefined;
  const row = await db
    .selectFrom('timeline')
    .select('actor')
    .where(inScope(scope, 'timeline'))
    .where('subject', '=', 'domain')
    .where(sql<boolean>`subject_id = ${domainId}::uuid`)
    .where('type', '=', 'RouteSet')
    .orderBy('position', 'desc')
    .executeTakeFirst();
  // Written by the projection of timelines as `kind:id`.
  return row?.actor.split(':')[0] as Actor['kind'] | undefined;
}
