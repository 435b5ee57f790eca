/** Edges as the intake knows them: an edge that asks for changes after a position has applied everything up to it. */
import { sql } from 'kysely';
import type { Database } from './connect.ts';

export interface EdgeView {
  /** Name of the edge. */
  readonly id: string;
  /** Changes of settings up to here are in force there. Decimal string. */
  readonly position: string;
  /** ISO 8601; an edge asks at least every half minute. */
  readonly seenAt: string;
}

/** `position`: decimal string that the edge asks after; undefined: it has nothing yet. */
export async function noteEdge(db: Database, edge: string, position: string | undefined): Promise<void> {
  await sql`insert into edges (edge, position) values (${edge}, ${position ?? '-1'})
    on conflict (edge) do update set position = excluded.position, seen_at = now()`.execute(db);
}

/** By name. */
export async function listEdges(db: Database): Promise<readonly EdgeView[]> {
  const rows = await db.selectFrom('edges').selectAll().orderBy('edge').execute();
  return rows.map((row) => ({ id: row.edge, position: row.position, seenAt: row.seen_at.toISOString() }));
}
