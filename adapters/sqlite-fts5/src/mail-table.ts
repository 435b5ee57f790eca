/** Writes the table behind the list, and decides which row number a mail has. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';
import { fillBuckets } from './buckets.ts';
import { packExcerptText } from './excerpt-text.ts';
import { toMailKey } from './mail-key.ts';
import { prepareWrite } from './prepare-write.ts';
import { createRowOrder, receivedAt, slotMs, slotOf } from './row-order.ts';

export interface MailTable {
  /** `replaced`: rows whose text must be taken out of the full-text index; the row itself where the mail keeps it. */
  upsert(mail: QuarantineDocument): {
    readonly row: number;
    readonly bucket: number;
    readonly replaced: readonly number[];
  };
  /** The row removed, if there was one. */
  remove(mailId: string): readonly number[];
  /** The last thing in a transaction. */
  store(): void;
  /** After a transaction that failed. */
  forget(): void;
  /** By how many row numbers a mail placed by this writer is ahead of its time at most. */
  maxAhead(): number;
}

type Known = ReturnType<StatementSync['get']>;

export function createMailTable(database: DatabaseSync, mailsPerBucket: number): MailTable {
  const findRow = database.prepare('SELECT row, rest_ms, bucket FROM mails WHERE mail_id = ?');
  const deleteRow = prepareWrite(database, 'DELETE FROM mails WHERE row = ?');
  const insertRow = prepareWrite(
    database,
    `
    INSERT INTO mails (row, mail_id, tenant, bucket, rest_ms, is_held, reason, checks, sender, recipients, from_header,
      subject, size, excerpt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const tenants = createTenants(database);
  const order = createRowOrder(database);
  const buckets = fillBuckets(database, mailsPerBucket);
  let maxAhead = 0;

  const removeRow = (known: Known): readonly number[] => {
    if (known === undefined) return [];
    deleteRow.run(Number(known['row']));
    buckets.leave(Number(known['bucket']));
    return [Number(known['row'])];
  };

  /** The bucket that it is in then. */
  const insert = (row: number, mail: QuarantineDocument, received: number): number => {
    const bucket = buckets.enter(mail.accountId, row);
    insertRow.run(
      row,
      toMailKey(mail.mailId),
      tenants.of(mail),
      bucket,
      received - row * slotMs,
      mail.verdict === 'hold' ? 1 : 0,
      mail.reason,
      [...new Set(mail.checks)].join(' '),
      mail.sender,
      JSON.stringify(mail.recipients),
      mail.from,
      mail.subject,
      mail.size,
      packExcerptText(mail) ?? null,
    );
    maxAhead = Math.max(maxAhead, row - slotOf(received));
    return bucket;
  };

  return {
    upsert(mail) {
      const received = Date.parse(mail.receivedAt);
      if (Number.isNaN(received)) throw new TypeError(`not a time: ${JSON.stringify(mail.receivedAt)}`);
      const known = findRow.get(toMailKey(mail.mailId));
      const isKept = known !== undefined && receivedAt(known) === received;
      const replaced = removeRow(known);
      const row = isKept ? Number(known['row']) : order.place(received);
      return { row, bucket: insert(row, mail, received), replaced };
    },
    remove: (mailId) => removeRow(findRow.get(toMailKey(mailId))),
    store: () => buckets.store(),
    forget() {
      buckets.forget();
      tenants.forget();
    },
    maxAhead: () => maxAhead,
  };
}

interface Tenants {
  of(mail: QuarantineDocument): number;
  /** After a transaction that failed. */
  forget(): void;
}

/** Account and domain as one small number a row. */
function createTenants(database: DatabaseSync): Tenants {
  const insert = prepareWrite(
    database,
    'INSERT OR IGNORE INTO tenants (account_id, domain_id) VALUES (?, ?)',
  );
  const find = database.prepare('SELECT id FROM tenants WHERE account_id = ? AND domain_id = ?');
  const known = new Map<string, number>();
  return {
    of({ accountId, domainId }) {
      const key = JSON.stringify([accountId, domainId]);
      const id = known.get(key);
      if (id !== undefined) return id;
      insert.run(accountId, domainId);
      const found = Number(find.get(accountId, domainId)?.['id']);
      known.set(key, found);
      return found;
    },
    forget: () => known.clear(),
  };
}
