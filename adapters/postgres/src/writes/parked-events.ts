/** Events that a projection could not take: set aside, so that one bad event does not stop all others. */
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../connect.ts';
import type { Tables } from '../tables.ts';

export interface ParkedEvent {
  readonly projection: string;
  readonly eventId: string;
  readonly stream: string;
  /** Decimal string. */
  readonly position: string;
  readonly type: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly parkedAt: string;
}

/** Parking the same event again keeps the first reason. */
export async function parkEvent(
  db: Kysely<Tables>,
  projection: string,
  event: Pick<RecordedEvent, 'id' | 'stream' | 'type' | 'position'>,
  reason: string,
): Promise<void> {
  await db
    .insertInto('parked_events')
    .values({
      projection,
      event_id: event.id,
      stream: event.stream,
      position: event.position.toString(),
      type: event.type,
      reason: reason.replaceAll('\0', '').slice(0, 1_000),
    })
    .onConflict((conflict) => conflict.columns(['projection', 'event_id']).doNothing())
    .execute();
}

/** The newest first, at most 200. */
export async function listParked(db: Database, projection?: string): Promise<readonly ParkedEvent[]> {
  const rows = await db
    .selectFrom('parked_events')
    .selectAll()
    .$if(projection !== undefined, (query) => query.where('projection', '=', projection ?? ''))
    .orderBy('position', 'desc')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    projection: row.projection,
    eventId: row.event_id,
    stream: row.stream,
    position: row.position,
    type: row.type,
    reason: row.reason,
    parkedAt: row.parked_at.toISOString(),
  }));
}

/** A rebuild begins with a clean slate: what cannot be taken will be parked again. */
export async function forgetParked(db: Kysely<Tables>, projection: string): Promise<void> {
  await db.deleteFrom('parked_events').where('projection', '=', projection).execute();
}
