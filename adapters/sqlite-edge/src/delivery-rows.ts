/** Rows of what waits for a route; called inside a transaction of the outbox store. */
import type { DatabaseSync } from 'node:sqlite';
import type { OperationOf } from './outbox-operations.ts';
import type { ShippingRows } from './shipping-rows.ts';

export interface DeliveryRows {
  add(id: number, mail: OperationOf<'put'>): void;
  /** Stores what an attempt came to with its events; true if the delivery is over. Throws if a recipient would be lost. */
  progress(progress: OperationOf<'progress'>, nextSeq: () => number): boolean;
}

export function createDeliveryRows(database: DatabaseSync, shipping: ShippingRows): DeliveryRows {
  const insert = database.prepare('INSERT INTO deliveries VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const read = database.prepare('SELECT carrier, recipients FROM deliveries WHERE id = ?');
  const remove = database.prepare('DELETE FROM deliveries WHERE id = ?');
  const postpone = database.prepare(
    `UPDATE deliveries SET due = ?, attempts = attempts + 1, carrier = ?, recipients = ?, last_response = ? WHERE id = ?`,
  );
  return {
    add(id, mail) {
      insert.run(
        id,
        Date.parse(mail.receivedAt),
        // The decision is the item with the same number.
        mail.archive ? id : null,
        mail.mailId,
        mail.domainId,
        mail.receivedAt,
        mail.sender,
        mail.smtpUtf8 ? 1 : 0,
        JSON.stringify(mail.deliverTo),
        '',
        mail.trace,
      );
    },
    progress({ delivery, mailId, settled, retry, events }, nextSeq) {
      const row = read.get(delivery);
      if (row === undefined) throw new Error(`mail ${mailId} has no delivery`);
      let carrier = row['carrier'] === null ? null : Number(row['carrier']);
      const left = (JSON.parse(String(row['recipients'])) as string[]).filter(
        (recipient) => !settled.includes(recipient),
      );
      if (retry === undefined ? left.length > 0 : !sameMembers(left, retry.recipients)) {
        throw new Error(`progress of mail ${mailId} does not say what became of each recipient`);
      }
      for (const { event, carriesBody } of events) {
        const seq = nextSeq();
        const carriesNow = carriesBody && carrier === null;
        shipping.addItem({ seq, kind: 'mail', mailId, body: carriesNow ? delivery : null, event });
        if (carriesNow) carrier = seq;
      }
      if (retry !== undefined) {
        postpone.run(
          Date.parse(retry.at),
          carrier,
          JSON.stringify(retry.recipients),
          retry.response,
          delivery,
        );
        return false;
      }
      remove.run(delivery);
      shipping.releaseBody(delivery, carrier);
      return true;
    },
  };
}

const sameMembers = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((one) => right.includes(one));
