/** Runs the migrations that a database does not have yet, in order, one process at a time. */
import { type Kysely, sql } from 'kysely';
import { readModels } from './migrations/0001-read-models.ts';
import { edges } from './migrations/0003-edges.ts';
import { owedDeliveries } from './migrations/0002-owed-deliveries.ts';
import { listIndexes } from './migrations/0004-list-indexes.ts';
import { undoOrders } from './migrations/0005-undo-orders.ts';
import { precision } from './migrations/0006-precision.ts';
import { bayesCounts } from './migrations/0007-bayes.ts';
import { bayesModels } from './migrations/0008-bayes-models.ts';
import { sealedIncidents } from './migrations/0009-sealed-incidents.ts';
import { serviceLists } from './migrations/0010-service-lists.ts';
import type { Tables } from './tables.ts';

/** In order; a published migration never changes. */
const migrations: readonly { readonly name: string; readonly statements: string }[] = [
  readModels,
  owedDeliveries,
  edges,
  listIndexes,
  undoOrders,
  precision,
  bayesCounts,
  bayesModels,
  sealedIncidents,
  serviceLists,
];

/** Any number, the same in all versions of Sluice. */
const lockKey = 7_305_001_844;

export async function migrate(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // Longer than elsewhere: the lock is held while another process changes large tables.
    await sql`set local statement_timeout = '10min'`.execute(transaction);
    await sql`select pg_advisory_xact_lock(${sql.lit(lockKey)})`.execute(transaction);
    await sql`create schema if not exists sluice`.execute(transaction);
    await sql`create table if not exists migrations (
      name text primary key,
      applied_at timestamptz not null default now()
    )`.execute(transaction);
    const applied = await sql<{ name: string }>`select name from migrations`.execute(transaction);
    const known = new Set(applied.rows.map((row) => row.name));
    for (const { name, statements } of migrations) {
      if (known.has(name)) continue;
      await sql.raw(statements).execute(transaction);
      await sql`insert into migrations (name) values (${name})`.execute(transaction);
    }
  });
}
