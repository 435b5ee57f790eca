/** The reading side of the outbox: sees what is committed, on a connection of its own that never writes. */
import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { DueDelivery, Shipment } from '@sluice/core/ports/outbox.ts';
import { numberOf } from './outbox-file.ts';

export interface OutboxReader {
  /** Ids of deliveries due at `now` (ms), oldest due first, without those that are leased. */
  dueIds(now: number, limit: number, isLeased: (id: number) => boolean): readonly number[];
  delivery(id: number): DueDelivery | undefined;
  /** When the first delivery that is not leased will be due, in ms. */
  nextDue(leases: number, isLeased: (id: number) => boolean): number | undefined;
  shipments(limit: { readonly items: number; readonly maxBytes: number }): readonly Shipment[];
  /** ISO 8601 of the oldest item. */
  oldestItem(): string | undefined;
  /** Bytes of the file. */
  bytes(): number;
}

export function createOutboxReader(database: DatabaseSync): OutboxReader {
  database.exec('PRAGMA query_only = 1');
  const due = database.prepare('SELECT id, due FROM deliveries WHERE due <= ? ORDER BY due LIMIT ?');
  const delivery = database.prepare(`
    SELECT mail_id, domain_id, received_at, sender, smtp_utf8, recipients, trace, attempts, last_response, raw
    FROM deliveries JOIN bodies USING (id) WHERE id = ?
  `);
  const items = database.prepare(`
    SELECT seq, kind, mail_id, event, body, length(raw) AS size
    FROM items LEFT JOIN bodies ON bodies.id = items.body ORDER BY seq LIMIT ?
  `);
  const body = database.prepare('SELECT raw FROM bodies WHERE id = ?');
  const farFuture = Number.MAX_SAFE_INTEGER;

  return {
    dueIds(now, limit, isLeased) {
      const ids: number[] = [];
      // A leased one keeps its place in the order, so a page may hold nothing else; ask for more until it does not.
      for (let page = limit * 2; ; page *= 2) {
        const rows = due.all(now, page);
        ids.length = 0;
        for (const row of rows) {
          const id = Number(row['id']);
          if (ids.length < limit && !isLeased(id)) ids.push(id);
        }
        if (ids.length === limit || rows.length < page) return ids;
      }
    },
    delivery(id) {
      const row = delivery.get(id);
      if (row === undefined) return undefined;
      return {
        mailId: String(row['mail_id']),
        domainId: String(row['domain_id']),
        receivedAt: String(row['received_at']),
        sender: String(row['sender']),
        smtpUtf8: row['smtp_utf8'] === 1,
        recipients: JSON.parse(String(row['recipients'])) as string[],
        trace: String(row['trace']),
        raw: row['raw'] as Uint8Array,
        attempts: Number(row['attempts']),
        lastResponse: String(row['last_response']),
      };
    },
    nextDue(leases, isLeased) {
      const row = due.all(farFuture, leases + 1).find(({ id }) => !isLeased(Number(id)));
      return row === undefined ? undefined : Number(row['due']);
    },
    shipments(limit) {
      const shipments: Shipment[] = [];
      let bytes = 0;
      for (const row of items.all(limit.items)) {
        bytes += Number(row['size'] ?? 0);
        if (shipments.length > 0 && bytes > limit.maxBytes) break;
        const id = row['body'];
        shipments.push({
          seq: Number(row['seq']),
          kind: row['kind'] as Shipment['kind'],
          mailId: row['mail_id'] === null ? undefined : String(row['mail_id']),
          event: JSON.parse(String(row['event'])) as NewEvent,
          raw: typeof id === 'number' ? (body.get(id)?.['raw'] as Uint8Array | undefined) : undefined,
        });
      }
      return shipments;
    },
    oldestItem() {
      const row = items.get(1);
      return row === undefined ? undefined : (JSON.parse(String(row['event'])) as NewEvent).metadata.at;
    },
    bytes: () => numberOf(database, 'PRAGMA page_count') * numberOf(database, 'PRAGMA page_size'),
  };
}
