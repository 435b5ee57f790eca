/** Writes the operator's lists: one row, the state after the last event of their stream. */
import type { ListEntry, ServiceLists } from '@sluice/core/policy/policy.ts';
import { serviceListsStream } from '@sluice/core/service/service-lists.ts';
import type { Database, DatabaseTransaction } from '../connect.ts';

export interface StoredServiceLists extends ServiceLists {
  /** Decimal string; of the last change. */
  readonly position: string;
}

export async function loadServiceLists(
  db: Database | DatabaseTransaction,
): Promise<StoredServiceLists | undefined> {
  const row = await db
    .selectFrom('service_lists')
    .select(['lists', 'revision', 'position'])
    .executeTakeFirst();
  return row && { lists: row.lists as readonly ListEntry[], revision: row.revision, position: row.position };
}

export async function upsertServiceLists(
  tx: DatabaseTransaction,
  { lists, revision, position }: StoredServiceLists,
): Promise<void> {
  const values = { lists: JSON.stringify(lists), revision, position };
  await tx
    .insertInto('service_lists')
    .values({ stream: serviceListsStream, ...values })
    .onConflict((conflict) => conflict.column('stream').doUpdateSet(values))
    .execute();
}
