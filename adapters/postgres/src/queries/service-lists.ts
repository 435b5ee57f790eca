/** The operator's lists for all domains: of no tenant, so that the service alone is shown them. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { Database } from '../connect.ts';
import { loadServiceLists, type StoredServiceLists } from '../writes/service-lists.ts';

/** Undefined: there never were any. */
export const serviceListsOf = async (
  scope: TenantScope,
  db: Database,
): Promise<StoredServiceLists | undefined> => (scope.kind === 'service' ? loadServiceLists(db) : undefined);

/** Position of the last change, without the lists; undefined: there never was one. */
export async function lastServiceListsChange(scope: TenantScope, db: Database): Promise<string | undefined> {
  if (scope.kind !== 'service') return undefined;
  const row = await db.selectFrom('service_lists').select('position').executeTakeFirst();
  return row?.position;
}
