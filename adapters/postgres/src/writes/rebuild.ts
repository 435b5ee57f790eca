/** Building read models beside the current ones: the same tables in a schema of their own, swapped in at once. */
import { sql } from 'kysely';
import type { Database, DatabaseTransaction } from '../connect.ts';
import { forgetParked } from './parked-events.ts';

export interface Rebuild {
  /** Name of the projection whose tables these are. */
  readonly projection: string;
  readonly tables: readonly string[];
}

/** Schema in which the new tables lie. */
export const rebuildSchema = ({ projection }: Pick<Rebuild, 'projection'>): string =>
  `sluice_${projection}_next`;

/** Name under which a rebuild keeps its own checkpoint and parked events. */
export const rebuildName = ({ projection }: Pick<Rebuild, 'projection'>): string => `${projection}-next`;

/** Empty tables beside the current ones, with primary keys; the other indexes are made at the end, which is faster. */
export async function beginRebuild(db: Database, rebuild: Rebuild): Promise<void> {
  const schema = rebuildSchema(rebuild);
  await db.transaction().execute(async (tx) => {
    await forgetRebuild(tx, rebuild);
    await sql`create schema ${sql.id(schema)}`.execute(tx);
    for (const table of rebuild.tables) {
      await sql`create table ${sql.id(schema, table)}
        (like ${sql.id('sluice', table)} including all excluding indexes)`.execute(tx);
      await createPrimaryKey(tx, schema, table);
    }
  });
}

/** The indexes that are still missing, two at a time; takes as long as the tables are large. */
export async function finishIndexes(db: Database, rebuild: Rebuild): Promise<void> {
  const indexes = await missingIndexes(db, rebuild);
  const makeNext = async (): Promise<void> => {
    for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
      const { definition } = index;
      await db.transaction().execute(async (tx) => {
        await sql`set local statement_timeout = '10min'`.execute(tx);
        await sql.raw(definition).execute(tx);
      });
    }
  };
  const made = await Promise.allSettled([makeNext(), makeNext()]);
  for (const one of made) if (one.status === 'rejected') throw one.reason;
}

async function missingIndexes(db: Database, rebuild: Rebuild): Promise<{ definition: string }[]> {
  const schema = rebuildSchema(rebuild);
  const perTable = rebuild.tables.map((table) => indexesOf(db, { schema, table, primary: false }));
  return (await Promise.all(perTable)).flat();
}

interface Wanted {
  readonly schema: string;
  readonly table: string;
  readonly primary: boolean;
}

/** What the current table has, for the table of that name in the schema. Names are kept, so that later migrations find them. */
async function indexesOf(
  db: Database | DatabaseTransaction,
  { schema, table, primary }: Wanted,
): Promise<readonly { readonly name: string; readonly definition: string }[]> {
  const { rows } = await sql<{ name: string; definition: string }>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid = ${`sluice.${table}`}::regclass and indisprimary = ${primary}`.execute(db);
  return rows.map(({ name, definition }) => ({
    name: baseName(name),
    definition: definition.replace(` ON sluice.${table} `, ` ON ${schema}.${table} `),
  }));
}

async function createPrimaryKey(tx: DatabaseTransaction, schema: string, table: string): Promise<void> {
  for (const { name, definition } of await indexesOf(tx, { schema, table, primary: true })) {
    await sql.raw(definition).execute(tx);
    await sql`alter table ${sql.id(schema, table)} add primary key using index ${sql.id(name)}`.execute(tx);
  }
}

const baseName = (name: string): string => name.replace(/^.*\./, '').replaceAll('"', '');

const lockTimeoutMs = 2_000;

/**
 * Makes the new tables the current ones, if they are as far as those are. False: not yet, let the rebuild go on. Readers
 * go on throughout: they see the old rows until the moment of the swap, and wait for it only that long.
 */
export async function swapRebuild(db: Database, rebuild: Rebuild): Promise<boolean> {
  const schema = rebuildSchema(rebuild);
  return db.transaction().execute(async (tx) => {
    await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(tx);
    if (!(await isAsFar(tx, rebuild))) return false;
    for (const table of rebuild.tables) {
      await sql`drop table ${sql.id('sluice', table)}`.execute(tx);
      await sql`alter table ${sql.id(schema, table)} set schema sluice`.execute(tx);
    }
    const { projection } = rebuild;
    await sql`update checkpoints set updated_at = now(), position =
        (select position from checkpoints where projection = ${rebuildName(rebuild)})
      where projection = ${projection}`.execute(tx);
    await forgetParked(tx, projection);
    await sql`update parked_events set projection = ${projection} where projection = ${rebuildName(rebuild)}`.execute(
      tx,
    );
    await forgetRebuild(tx, rebuild);
    return true;
  });
}

/** The lock on the row of the current projection holds back its next batch until the swap is done. */
async function isAsFar(tx: DatabaseTransaction, rebuild: Rebuild): Promise<boolean> {
  const current = await tx
    .selectFrom('checkpoints')
    .select('position')
    .where('projection', '=', rebuild.projection)
    .forUpdate()
    .executeTakeFirst();
  const next = await tx
    .selectFrom('checkpoints')
    .select('position')
    .where('projection', '=', rebuildName(rebuild))
    .executeTakeFirst();
  return current === undefined || BigInt(next?.position ?? -1) >= BigInt(current.position ?? -1);
}

/** Removes what a rebuild has built so far. */
export async function abandonRebuild(db: Database, rebuild: Rebuild): Promise<void> {
  await db.transaction().execute((tx) => forgetRebuild(tx, rebuild));
}

async function forgetRebuild(tx: DatabaseTransaction, rebuild: Rebuild): Promise<void> {
  await sql`drop schema if exists ${sql.id(rebuildSchema(rebuild))} cascade`.execute(tx);
  await tx.deleteFrom('checkpoints').where('projection', '=', rebuildName(rebuild)).execute();
  await forgetParked(tx, rebuildName(rebuild));
}
