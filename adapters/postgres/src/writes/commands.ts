/** Orders to the process that runs the projections, given and followed through rows of a table. */
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { CommandState, ProjectionCommandRow } from '../tables.ts';
import type { Selectable } from 'kysely';

export interface RebuildOrder {
  readonly id: string;
  readonly projection: string;
  readonly state: CommandState;
  /** Events read so far. */
  readonly events: number;
  /** Decimal string. */
  readonly position: string | undefined;
  readonly message: string;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly updatedAt: string;
}

/** Orders a rebuild; an order for the same projection that is not done yet is answered instead. */
export async function requestRebuild(db: Database, projection: string): Promise<RebuildOrder> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table projection_commands in share row exclusive mode`.execute(tx);
    const open = await tx
      .selectFrom('projection_commands')
      .selectAll()
      .where('projection', '=', projection)
      .where('state', 'in', ['requested', 'running'])
      .orderBy('id')
      .executeTakeFirst();
    if (open !== undefined) return toOrder(open);
    const row = await tx
      .insertInto('projection_commands')
      .values({ projection })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toOrder(row);
  });
}

export async function rebuildOrder(db: Database, id: string): Promise<RebuildOrder | undefined> {
  if (!/^\d{1,18}$/.test(id)) return undefined;
  const row = await db.selectFrom('projection_commands').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toOrder(row);
}

/** The oldest order that waits, or was left running by a process that is no more. Only for the one runner. */
export async function nextOrder(db: Database): Promise<RebuildOrder | undefined> {
  const row = await db
    .selectFrom('projection_commands')
    .selectAll()
    .where('state', 'in', ['requested', 'running'])
    .orderBy('id')
    .executeTakeFirst();
  return row && toOrder(row);
}

export async function reportOrder(
  db: Database,
  id: string,
  progress: Partial<Pick<RebuildOrder, 'state' | 'events' | 'position' | 'message'>>,
): Promise<void> {
  await db
    .updateTable('projection_commands')
    .set({ ...progress, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

const toOrder = (row: Selectable<ProjectionCommandRow>): RebuildOrder => ({
  id: row.id,
  projection: row.projection,
  state: row.state,
  events: Number(row.events),
  position: row.position ?? undefined,
  message: row.message,
  requestedAt: row.requested_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
