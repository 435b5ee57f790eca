/** Adds to the hourly counters. Not idempotent by itself: the checkpoint in the same transaction makes it so. */
import type { Count } from '@sluice/core/projection/counts.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { column } from './column.ts';

/** Stands for "of no domain" and "of no account" in keys, which have no null. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** An account that is not named is looked up: what an edge counts for a domain does not say whose it is. */
export async function addCounts(tx: DatabaseTransaction, counts: readonly Count[]): Promise<void> {
  if (counts.length === 0) return;
  const columns = [
    column(
      'timestamptz',
      counts.map((count) => count.hour),
    ),
    column(
      'uuid',
      counts.map((count) => count.domainId ?? nobody),
    ),
    column(
      'uuid',
      counts.map((count) => count.accountId ?? null),
    ),
    column(
      'text',
      counts.map((count) => count.verdict),
    ),
    column(
      'text',
      counts.map((count) => count.reason),
    ),
    column(
      'text',
      counts.map((count) => count.check),
    ),
    column(
      'bigint',
      counts.map((count) => count.count),
    ),
  ];
  await sql`insert into statistics (hour, domain_id, account_id, verdict, reason, check_name, count)
    select new.hour, new.domain_id, coalesce(new.account_id, domains.account_id, ${nobody}::uuid), new.verdict, new.reason,
      new.check_name, new.count
    from unnest(${sql.join(columns)}) as new (hour, domain_id, account_id, verdict, reason, check_name, count)
      left join domains on domains.domain_id = new.domain_id
    on conflict (domain_id, hour, verdict, reason, check_name)
      do update set count = statistics.count + excluded.count`.execute(tx);
}
