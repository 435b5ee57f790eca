/** The reading side of the outbox: sees what is committed, on a connection of its own that never writes. */
import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { DueDelivery, Shipment } from '@sluice/core/ports/outbox.ts';
import { numberOf } from './outbox-file.ts';

export interface OutboxReader {
  /** Ids of deliveries due at `now` (ms), oldest due first, without those of the domains to leave. */
  dueIds(now: number, limit: number, leave: ReadonlySet<string>): readonly number[];
  delivery(id: number): DueDelivery | undefined;
  /** When the first delivery that is not leased will be due, in ms. */
  nextDue(): number | undefined;
  shipments(limit: { readonly items: number; readonly maxBytes: number }): readonly Shipment[];
  /** ISO 8601 of the oldest item. */
  oldestItem(): string | undefined;
  /** Bytes of the file. */
  bytes(): number;
}

/** `leased`: ids of deliveries that are out of the question. */
export function createOutboxReader(database: DatabaseSync, leased: ReadonlySet<number>): OutboxReader {
  database.exec('PRAGMA query_only = 1');
  // From one domain to the next through the index, however many mails each of them has.
  const domains = database.prepare(`
    WITH RECURSIVE waiting (domain_id) AS (
      SELECT min(domain_id) FROM deliveries
      UNION ALL
      SELECT (SELECT min(domain_id) FROM deliveries WHERE domain_id > waiting.domain_id)
      FROM waiting WHERE domain_id IS NOT NULL
    )
    SELECT domain_id FROM waiting WHERE domain_id IS NOT NULL
  `);
  const due = database.prepare(
    'SELECT id, due FROM deliveries WHERE domain_id = ? AND due <= ? ORDER BY due LIMIT ?',
  );
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

  const firstDue = (domainId: string, now: number, limit: number): { id: number; due: number }[] =>
    due
      // Leased ones keep their places in the order.
      .all(domainId, now, limit + leased.size)
      .map((row) => ({ id: Number(row['id']), due: Number(row['due']) }))
      .filter(({ id }) => !leased.has(id))
      .slice(0, limit);

  return {
    dueIds(now, limit, leave) {
      const found = domains
        .all()
        .map((row) => String(row['domain_id']))
        .filter((domainId) => !leave.has(domainId))
        .flatMap((domainId) => firstDue(domainId, now, limit));
      return found
        .toSorted((one, other) => one.due - other.due)
        .slice(0, limit)
        .map(({ id }) => id);
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
    nextDue() {
      const firsts = domains.all().flatMap((row) => firstDue(String(row['domain_id']), farFuture, 1));
      return firsts.length === 0 ? undefined : Math.min(...firsts.map(({ due: at }) => at));
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
