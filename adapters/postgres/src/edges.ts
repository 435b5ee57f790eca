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

export interface LivingEdges {
  /** Edges that asked for changes within the time. */
  readonly total: number;
  /** Those of them that judge by the settings of the position, or later ones. */
  readonly current: number;
  /** Names of the others. */
  readonly behind: readonly string[];
}

/** `position`: decimal string. Edges that were not heard of lately are left out. */
export async function livingEdges(
  db: Database,
  { withinMs, position }: { readonly withinMs: number; readonly position: string },
): Promise<LivingEdges> {
  const { rows } = await sql<{ edge: string; current: boolean }>`
    select edge, position >= ${position}::bigint as current
    from edges where seen_at > now() - make_interval(secs => ${withinMs / 1_000}) order by edge`.execute(db);
  const behind = rows.filter(({ current }) => !current).map(({ edge }) => edge);
  return { total: rows.length, current: rows.length - behind.length, behind };
}
