/** UndoOrders in PostgreSQL. */
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { NewUndoOrder, OpenUndoOrder, UndoOrders } from '@sluice/core/ports/undo-orders.ts';
import type { Incident } from '@sluice/core/replay/incident.ts';
import type { UndoneMail } from '@sluice/core/replay/undo.ts';
import type { UndoOutcome } from '@sluice/core/undo/undo-stream.ts';
import { type Selectable, sql } from 'kysely';
import type { Database, DatabaseTransaction } from './connect.ts';
import type { UndoOrderRow } from './tables.ts';
import { moveOn, readCheckpoint } from './writes/checkpoints.ts';
import { type Columns, names, rowsOf } from './writes/columns.ts';

/** Name under which progress is noted, beside those of the projections. */
const checkpointName = 'undo-orders';

/** Mails written in one statement. */
const atOnce = 5_000;

export const createUndoOrders = (db: Database): UndoOrders => ({
  async checkpoint() {
    const position = await readCheckpoint(db, checkpointName);
    return position === undefined ? undefined : BigInt(position);
  },

  async apply({ order, checkpoint }) {
    const position = checkpoint.toString();
    await db.transaction().execute(async (tx) => {
      if (!(await moveOn(tx, checkpointName, position)) || order === undefined) return;
      if (await insertOrder(tx, order.order, position))
        await insertMails(tx, order.order.undoId, order.mails);
    });
  },

  async open(undoId) {
    const row = await openRows(db).where('undo_id', '=', undoId).executeTakeFirst();
    return row && toOrder(row);
  },

  async listOpen() {
    return (await openRows(db).orderBy('position').execute()).map(toOrder);
  },

  async mails(undoId, from, limit) {
    const rows = await db
      .selectFrom('undo_mails')
      .select(['place', 'mail_id', 'recipients'])
      .where('undo_id', '=', undoId)
      .where('place', '>=', from)
      .where('outcome', 'is', null)
      .orderBy('place')
      .limit(limit)
      .execute();
    return rows.map(({ place, mail_id: mailId, recipients }) => ({
      place,
      mailId,
      ...(recipients === null ? {} : { recipients }),
    }));
  },

  async note(undoId, place, outcome) {
    await db
      .updateTable('undo_mails')
      .set({ outcome })
      .where('undo_id', '=', undoId)
      .where('place', '=', place)
      .where('outcome', 'is', null)
      .execute();
  },

  async outcomes(undoId) {
    const { rows } = await sql<{ outcome: UndoOutcome; count: string }>`
      select outcome, count(*)::bigint as count from undo_mails
      where undo_id = ${undoId}::uuid and outcome is not null group by outcome`.execute(db);
    const counted = Object.fromEntries(rows.map(({ outcome, count }) => [outcome, Number(count)]));
    return { released: 0, already: 0, gone: 0, withheld: 0, ...counted };
  },

  async finish(undoId) {
    await sql`update undo_orders set finished_at = now()
      where undo_id = ${undoId}::uuid and finished_at is null`.execute(db);
  },
});

const openRows = (db: Database) =>
  db
    .selectFrom('undo_orders')
    .selectAll()
    .select(
      sql<number>`coalesce((select min(place) from undo_mails
        where undo_mails.undo_id = undo_orders.undo_id and outcome is null), mails)`.as('next'),
    )
    .where('finished_at', 'is', null);

/** Actors as text, as in the timeline. */
const actorText = ({ kind, id }: Actor): string => `${kind}:${id}`;

const toActor = (text: string): Actor => {
  const [kind = '', ...id] = text.split(':');
  return { kind: kind as Actor['kind'], id: id.join(':') };
};

const toOrder = (row: Selectable<UndoOrderRow> & { readonly next: number }): OpenUndoOrder => ({
  undoId: row.undo_id,
  accountId: row.account_id,
  domainId: row.domain_id,
  incident: row.incident as Incident,
  since: row.since.toISOString(),
  until: row.until.toISOString(),
  mails: row.mails,
  rate: row.rate,
  orderedAt: row.ordered_at.toISOString(),
  orderedBy: toActor(row.ordered_by),
  next: row.next,
});

/** False where it is there already. */
async function insertOrder(tx: DatabaseTransaction, order: NewUndoOrder, position: string): Promise<boolean> {
  const inserted = await tx
    .insertInto('undo_orders')
    .values({
      undo_id: order.undoId,
      account_id: order.accountId,
      domain_id: order.domainId,
      position,
      incident: JSON.stringify(order.incident),
      since: order.since,
      until: order.until,
      mails: order.mails,
      rate: order.rate,
      ordered_at: order.orderedAt,
      ordered_by: actorText(order.orderedBy),
      finished_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

interface PlacedMail extends UndoneMail {
  readonly undoId: string;
  readonly place: number;
}

const mailColumns: Columns<PlacedMail> = [
  ['undo_id', 'uuid', ({ undoId }) => undoId],
  ['place', 'integer', ({ place }) => place],
  ['mail_id', 'uuid', ({ mailId }) => mailId],
  ['recipients', 'text', ({ recipients }) => recipients?.join(',') ?? null],
];

async function insertMails(
  tx: DatabaseTransaction,
  undoId: string,
  mails: readonly UndoneMail[],
): Promise<void> {
  const placed = mails.map((mail, place) => ({ ...mail, undoId, place }));
  for (let from = 0; from < placed.length; from += atOnce) {
    await sql`insert into undo_mails (${names(mailColumns)})
      select undo_id, place, mail_id, string_to_array(recipients, ',')::integer[]
      from ${rowsOf(mailColumns, placed.slice(from, from + atOnce))}`.execute(tx);
  }
}
