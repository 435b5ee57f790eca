/** OwedDeliveries in PostgreSQL. */
import type { OwedDeliveries, OwedKey, OwedRow } from '@sluice/core/ports/owed-deliveries.ts';
import type { Database, DatabaseTransaction } from './connect.ts';
import { moveOn, readCheckpoint } from './writes/checkpoints.ts';

/** Name under which progress is noted, beside those of the projections. */
const checkpointName = 'owed-deliveries';

export const createOwedDeliveries = (db: Database): OwedDeliveries => ({
  async checkpoint() {
    const position = await readCheckpoint(db, checkpointName);
    return position === undefined ? undefined : BigInt(position);
  },

  async apply({ add, remove, checkpoint }) {
    const position = checkpoint.toString();
    await db.transaction().execute(async (tx) => {
      if (!(await moveOn(tx, checkpointName, position))) return;
      for (const row of add) await insert(tx, row, position);
      for (const row of remove) await settle(tx, row);
    });
  },

  forget: (row) => settle(db, row),

  async list() {
    const rows = await db.selectFrom('owed_deliveries').selectAll().orderBy('position').execute();
    return rows.map((row) => ({
      mailId: row.mail_id,
      releaseId: row.release_id,
      recipient: row.recipient,
      domainId: row.domain_id,
    }));
  },
});

async function insert(tx: DatabaseTransaction, row: OwedRow, position: string): Promise<void> {
  const { mailId: mail_id, releaseId: release_id, recipient, domainId: domain_id } = row;
  await tx
    .insertInto('owed_deliveries')
    .values({ mail_id, release_id, recipient, domain_id, position })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function settle(db: Database, row: OwedKey): Promise<void> {
  await db
    .deleteFrom('owed_deliveries')
    .where('mail_id', '=', row.mailId)
    .where('release_id', '=', row.releaseId)
    .where('recipient', '=', row.recipient)
    .execute();
}
