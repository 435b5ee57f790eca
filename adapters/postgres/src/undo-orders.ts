/** UndoOrders in PostgreSQL. */
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import type { Actor, Sealed } from '@sluice/core/kernel/event.ts';
import type { Json } from '@sluice/core/kernel/json.ts';
import type { NewUndoOrder, OpenUndoOrder, UndoOrders } from '@sluice/core/ports/undo-orders.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
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

/** Context under which the incident of an order is sealed. */
const incidentOf = (undoId: string): string => `undo-order ${undoId}`;

/** What an order is about can name people: it is sealed under the key of its domain. Undefined: that is destroyed. */
async function seal(vault: Vault, { undoId, domainId, incident }: NewUndoOrder): Promise<Sealed | undefined> {
  const sealed = await vault.seal(domainKeyId(domainId), incident as unknown as Json, incidentOf(undoId));
  return sealed.ok ? sealed.value : undefined;
}

/** Undefined where the key of the domain is destroyed. */
export async function openIncident(
  vault: Vault,
  { id, incident }: { readonly id: string; readonly incident: Sealed },
): Promise<Incident | undefined> {
  const opened = await vault.open(incident, incidentOf(id));
  return opened.ok ? (opened.value as unknown as Incident) : undefined;
}

export const createUndoOrders = (db: Database, vault: Vault): UndoOrders => ({
  async checkpoint() {
    const position = await readCheckpoint(db, checkpointName);
    return position === undefined ? undefined : BigInt(position);
  },

  async apply({ order, checkpoint }) {
    const position = checkpoint.toString();
    const sealed = order && (await seal(vault, order.order));
    await db.transaction().execute(async (tx) => {
      if (!(await moveOn(tx, checkpointName, position)) || sealed === undefined) return;
      if (order !== undefined && (await insertOrder(tx, { ...order.order, incident: sealed }, position)))
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
  since: row.since.toISOString(),
  until: row.until.toISOString(),
  mails: row.mails,
  rate: row.rate,
  orderedAt: row.ordered_at.toISOString(),
  orderedBy: toActor(row.ordered_by),
  next: row.next,
});

type SealedOrder = Omit<NewUndoOrder, 'incident'> & { readonly incident: Sealed };

/** False where it is there already. */
async function insertOrder(tx: DatabaseTransaction, order: SealedOrder, position: string): Promise<boolean> {
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
