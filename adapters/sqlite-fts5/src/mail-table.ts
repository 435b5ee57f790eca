/** Writes the table behind the list, and decides which row number a mail has. */
import type { DatabaseSync } from 'node:sqlite';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';
import { packExcerptText } from './excerpt-text.ts';
import { toMailKey } from './mail-key.ts';
import { prepareWrite } from './prepare-write.ts';
import { createRowOrder, receivedAt, slotMs, slotOf } from './row-order.ts';

export interface MailTable {
  /** `replaced`: rows whose text must be taken out of the full-text index; the row itself where the mail keeps it. */
  upsert(mail: QuarantineDocument): { readonly row: number; readonly replaced: readonly number[] };
  /** The row removed, if there was one. */
  remove(mailId: string): readonly number[];
  /** By how many row numbers a mail placed by this writer is ahead of its time at most. */
  maxAhead(): number;
}

export function createMailTable(database: DatabaseSync): MailTable {
  const findRow = database.prepare('SELECT row, rest_ms FROM mails WHERE mail_id = ?');
  const deleteRow = prepareWrite(database, 'DELETE FROM mails WHERE row = ?');
  const insertRow = prepareWrite(
    database,
    `
    INSERT INTO mails (row, mail_id, tenant, rest_ms, is_held, reason, checks, sender, recipients, from_header, subject,
      size, excerpt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const tenantOf = createTenants(database);
  const order = createRowOrder(database);
  let maxAhead = 0;

  const remove = (mailId: string): number[] => {
    const row = findRow.get(toMailKey(mailId))?.['row'];
    if (row === undefined) return [];
    deleteRow.run(row);
    return [Number(row)];
  };

  const insert = (row: number, mail: QuarantineDocument, received: number): void => {
    insertRow.run(
      row,
      toMailKey(mail.mailId),
      tenantOf(mail),
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
  };

  return {
    upsert(mail) {
      const received = Date.parse(mail.receivedAt);
      if (Number.isNaN(received)) throw new TypeError(`not a time: ${JSON.stringify(mail.receivedAt)}`);
      const known = findRow.get(toMailKey(mail.mailId));
      const replaced = remove(mail.mailId);
      const isKept = known !== undefined && receivedAt(known) === received;
      const row = isKept ? Number(known['row']) : order.place(received);
      insert(row, mail, received);
      return { row, replaced };
    },
    remove,
    maxAhead: () => maxAhead,
  };
}

/** Account and domain as one small number a row. */
function createTenants(database: DatabaseSync): (mail: QuarantineDocument) => number {
  const insert = prepareWrite(
    database,
    'INSERT OR IGNORE INTO tenants (account_id, domain_id) VALUES (?, ?)',
  );
  const find = database.prepare('SELECT id FROM tenants WHERE account_id = ? AND domain_id = ?');
  return ({ accountId, domainId }) => {
    const known = find.get(accountId, domainId);
    if (known) return Number(known['id']);
    insert.run(accountId, domainId);
    return Number(find.get(accountId, domainId)?.['id']);
  };
}
