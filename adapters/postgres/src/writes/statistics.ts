/** Adds to the hourly counters. Not idempotent by itself: the checkpoint in the same transaction makes it so. */
import type { Count } from '@sluice/core/projection/counts.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

/** Stands for "of no domain" and "of no account" in keys, which have no null. */
const nobody = '00000000-0000-0000-0000-000000000000';

const countColumns: Columns<Count> = [
  ['hour', 'timestamptz', (count) => count.hour],
  ['domain_id', 'uuid', (count) => count.domainId ?? nobody],
  ['account_id', 'uuid', (count) => count.accountId ?? null],
  ['verdict', 'text', (count) => count.verdict],
  ['reason', 'text', (count) => count.reason],
  ['check_name', 'text', (count) => count.check],
  ['count', 'bigint', (count) => count.count],
];

/** An account that is not named is looked up: what an edge counts for a domain does not say whose it is. */
export async function addCounts(tx: DatabaseTransaction, counts: readonly Count[]): Promise<void> {
  if (counts.length === 0) return;
  await sql`insert into statistics (${names(countColumns)})
    select new.hour, new.domain_id, coalesce(new.account_id, domains.account_id, ${nobody}::uuid), new.verdict, new.reason,
      new.check_name, new.count
    from ${rowsOf(countColumns, counts)}
      left join domains on domains.domain_id = new.domain_id
    on conflict (domain_id, hour, verdict, reason, check_name)
      do update set count = statistics.count + excluded.count`.execute(tx);
}
