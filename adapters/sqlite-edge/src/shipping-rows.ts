/** Rows of what waits for the intake, and of the raw mails; called inside a transaction of the outbox store. */
import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@sluice/core/kernel/event.ts';

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
  /** Brings back what was set aside for this reason; how many that were. */
  unpark(reason: string): number;
  /** Writes the event (JSON) of each decision anew, in order. */
  rewriteDecisions(rewrite: (domainId: string, event: string) => string): void;
  /** Removes the body of a delivery that is over, unless the item `carrier` has still to carry it to the archive. */
  releaseBody(id: number, carrier: number | null): void;
}

/** Held in memory. */
const rewrittenAtOnce = 500;

export function createShippingRows(database: DatabaseSync): ShippingRows {
  const insertItem = database.prepare('INSERT INTO items VALUES (?, ?, ?, ?, ?)');
  const deleteItem = database.prepare('DELETE FROM items WHERE seq = ? RETURNING body');
  const insertBody = database.prepare('INSERT INTO bodies VALUES (?, ?)');
  const deleteBody = database.prepare('DELETE FROM bodies WHERE id = ?');
  const parkItem = database.prepare(
    'INSERT INTO parked SELECT seq, kind, mail_id, body, event, ? FROM items WHERE seq = ?',
  );
  const bringBack = database.prepare(
    'INSERT INTO items SELECT seq, kind, mail_id, body, event FROM parked WHERE reason = ?',
  );
  const forgetParked = database.prepare('DELETE FROM parked WHERE reason = ?');
  const decisions = database.prepare(
    `SELECT seq, event FROM items WHERE seq > ? AND kind = 'decision' ORDER BY seq LIMIT ${rewrittenAtOnce}`,
  );
  const rewriteItem = database.prepare('UPDATE items SET event = ? WHERE seq = ?');
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
    unpark(reason) {
      const back = Number(bringBack.run(reason).changes);
      forgetParked.run(reason);
      return back;
    },
    rewriteDecisions(rewrite) {
      for (let after = 0, rows = decisions.all(after); rows.length > 0; rows = decisions.all(after)) {
        for (const row of rows) {
          after = Number(row['seq']);
          const event = String(row['event']);
          const { domainId } = (JSON.parse(event) as NewEvent).metadata;
          if (domainId !== undefined) rewriteItem.run(rewrite(domainId, event), after);
        }
      }
    },
    releaseBody(id, carrier) {
      if (carrier === null || carries.get({ seq: carrier }) === undefined) deleteBody.run(id);
    },
  };
}
