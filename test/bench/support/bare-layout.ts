/** The bare layout of the quarantine index as a peer: FTS5 over the same text and a plain table for the list, nothing else. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';

export interface BareLayout {
  /** In one transaction. */
  write(mails: readonly QuarantineDocument[]): void;
  /** Bytes of the file, when all is in it and put together. */
  finish(): number;
}

export function createBareLayout(file: string): BareLayout {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -65536;
    CREATE VIRTUAL TABLE search USING fts5 (
      text, tags, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '3');
    CREATE TABLE mails (
      row INTEGER PRIMARY KEY, mail_id TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, verdict TEXT NOT NULL,
      reason TEXT NOT NULL, checks TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, from_header TEXT NOT NULL,
      subject TEXT NOT NULL, size INTEGER NOT NULL, excerpt TEXT NOT NULL);`);
  const addText = database.prepare('INSERT INTO search (rowid, text, tags) VALUES (?, ?, ?)');
  const addMail = database.prepare('INSERT INTO mails VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  let row = 0;
  return {
    write(mails) {
      database.exec('BEGIN');
      for (const mail of mails) {
        row += 1;
        const recipients = mail.recipients.join(' ');
        const checks = mail.checks.join(' ');
        const text = [mail.subject, mail.from, mail.sender, recipients, ...mail.attachmentNames, mail.body];
        addText.run(row, text.join(' '), `${mail.domainId.replaceAll('-', '')} ${mail.reason}`);
        const { mailId, receivedAt, verdict, reason, sender, from, subject, size, body } = mail;
        addMail.run(
          row,
          mailId,
          receivedAt,
          verdict,
          reason,
          checks,
          sender,
          recipients,
          from,
          subject,
          size,
          body.slice(0, 200),
        );
      }
      database.exec('COMMIT');
    },
    finish() {
      database.exec(`INSERT INTO search (search) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE);`);
      database.close();
      return statSync(file).size;
    },
  };
}
