/** How far a projection is: moved together with its rows, and only by whoever moved it last. */
import { type Kysely, sql } from 'kysely';
import type { Database, DatabaseTransaction } from '../connect.ts';
import type { Tables } from '../tables.ts';

/** Another process, or a rebuild that was swapped in, has moved the checkpoint: read it again and go on from there. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved';
}

/** Decimal string; undefined for a projection that has not begun. */
export async function readCheckpoint(db: Kysely<Tables>, projection: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('checkpoints')
    .select('position')
    .where('projection', '=', projection)
    .executeTakeFirst();
  return row?.position ?? undefined;
}

export interface Advance {
  readonly projection: string;
  /** The checkpoint that this step builds on. */
  readonly from: string | undefined;
  readonly to: string;
  /** Schema in which a rebuild writes its tables; undefined: the current ones. */
  readonly schema?: string;
}

/** Does the work and moves the checkpoint, all or nothing. Throws CheckpointMoved without having done anything. */
export async function advance(
  db: Database,
  step: Advance,
  work: (tx: DatabaseTransaction) => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (step.schema !== undefined)
      await sql`set local search_path = ${sql.id(step.schema)}, sluice`.execute(tx);
    await moveCheckpoint(tx, step);
    await work(tx);
  });
}

/** First, so that a second writer waits here and not in the middle of its rows. */
async function moveCheckpoint(tx: DatabaseTransaction, { projection, from, to }: Advance): Promise<void> {
  const moved =
    from === undefined
      ? await sql`insert into checkpoints (projection, position) values (${projection}, ${to})
          on conflict (projection) do update set position = excluded.position, updated_at = now()
            where checkpoints.position is null`.execute(tx)
      : await sql`update checkpoints set position = ${to}, updated_at = now()
          where projection = ${projection} and position = ${from}`.execute(tx);
  if (moved.numAffectedRows !== 1n)
    throw new CheckpointMoved(`${projection} is no longer at ${from ?? 'its start'}`);
}

/**
 * Moves a checkpoint forward in the transaction of what it stands for. False where it is there or further already: then
 * another process has done the same. Whoever comes at the same moment waits here.
 */
export async function moveOn(tx: DatabaseTransaction, name: string, position: string): Promise<boolean> {
  const moved = await sql`insert into checkpoints (projection, position) values (${name}, ${position})
    on conflict (projection) do update set position = excluded.position, updated_at = now()
      where checkpoints.position is null or checkpoints.position < excluded.position`.execute(tx);
  return moved.numAffectedRows === 1n;
}

/** Notes the checkpoint of a projection that keeps its own, so that readers find all of them in one place. */
export async function noteCheckpoint(db: Database, projection: string, position: string): Promise<void> {
  await sql`insert into checkpoints (projection, position) values (${projection}, ${position})
    on conflict (projection) do update set position = excluded.position, updated_at = now()`.execute(db);
}

/** Makes a projection known before its first event. */
export async function beginProjection(db: Database, projection: string): Promise<void> {
  await sql`insert into checkpoints (projection) values (${projection}) on conflict do nothing`.execute(db);
}

export interface ProjectionStatus {
  readonly projection: string;
  /** Decimal string; undefined before the first event. */
  readonly position: string | undefined;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** Events set aside. */
  readonly parked: number;
}

/** All projections that have begun, by name; without those that a rebuild is filling. */
export async function listProjections(db: Database): Promise<readonly ProjectionStatus[]> {
  const rows = await db
    .selectFrom('checkpoints')
    .leftJoin('parked_events', 'parked_events.projection', 'checkpoints.projection')
    .select(({ fn }) => [
      'checkpoints.projection',
      'checkpoints.position',
      'checkpoints.updated_at',
      fn.count<string>('parked_events.event_id').as('parked'),
    ])
    .where('checkpoints.projection', 'not like', '%-next')
    .groupBy('checkpoints.projection')
    .orderBy('checkpoints.projection')
    .execute();
  return rows.map((row) => ({
    projection: row.projection,
    position: row.position ?? undefined,
    updatedAt: row.updated_at.toISOString(),
    parked: Number(row.parked),
  }));
}
