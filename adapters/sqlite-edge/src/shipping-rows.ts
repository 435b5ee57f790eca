/** Rows of what waits for the intake, and of the raw mails; called inside a transaction of the outbox store. */
import type { DatabaseSync } from 'node:sqlite';

export interface ItemRow {
  readonly seq: number;
  readonly kind: 'decision' | 'mail' | 'counters';
  readonly mailId: string | null;
  /** Id of the body it carries to the archive. */
  readonly body: number | null;
  /** JSON. */
  readonly event: string;
}

export interface ShippingRows {
  addItem(item: ItemRow): void;
  addBody(id: number, raw: Uint8Array): void;
  /** Removes an item and, if no delivery needs it, its body; false if there is no such item. */
  forget(seq: number): boolean;
  /** Sets an item aside together with its body; false if there is no such item. */
  park(seq: number, reason: string): boolean;
  /** Removes the body of a delivery that is over, unless the item `carrier` has still to carry it to the archive. */
  releaseBody(id: number, carrier: number | null): void;
}

export function createShippingRows(database: DatabaseSync): ShippingRows {
  const insertItem = database.prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?)');
  const deleteItem = database.prepare('DELETE FROM items WHERE seq = ? RETURNING body');
  const insertBody = database.prepare('INSERT INTO bodies VALUES (?, ?)');
  const deleteBody = database.prepare('DELETE FROM bodies WHERE id = ?');
  const parkItem = database.prepare(
    'INSERT INTO parked SELECT seq, kind, mail_id, body, event, ? FROM items WHERE seq = ?',
  );
  const hasDelivery = database.prepare('SELECT 1 FROM deliveries WHERE id = ?');
  const carries = database.prepare(
    'SELECT 1 FROM items WHERE seq = :seq UNION ALL SELECT 1 FROM parked WHERE seq = :seq',
  );
  return {
    addItem({ seq, kind, mailId, body, event }) {
      insertItem.run(seq, kind, mailId, body, event);
    },
    addBody(id, raw) {
      insertBody.run(id, raw);
    },
    forget(seq) {
      const item = deleteItem.get(seq);
      if (item === undefined) return false;
      const { body } = item;
      if (typeof body === 'number' && hasDelivery.get(body) === undefined) deleteBody.run(body);
      return true;
    },
    park(seq, reason) {
      if (Number(parkItem.run(reason, seq).changes) === 0) return false;
      deleteItem.get(seq);
      return true;
    },
    releaseBody(id, carrier) {
      if (carrier === null || carries.get({ seq: carrier }) === undefined) deleteBody.run(id);
    },
  };
}
