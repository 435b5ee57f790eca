/** The writing side of one index file: upserts and removals with their checkpoint, in one transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { QuarantineDocument, QuarantineIndexWriter } from '@sluice/core/ports/quarantine-index.ts';
import { spaceOut } from '@sluice/core/kernel/words.ts';
import { markWords } from './buckets.ts';
import { createMailTable } from './mail-table.ts';
import { prepareWrite } from './prepare-write.ts';
import { joinParts, withoutBlobs } from './searchable-text.ts';
import { tagsOf } from './tags.ts';

type Change = Parameters<QuarantineIndexWriter['write']>[0];

interface Added {
  readonly row: number;
  readonly bucket: number;
  readonly mail: QuarantineDocument;
}

interface WriterOptions {
  readonly mailsPerBucket: number;
  /** Throws where the file is no longer the one that readers look at. */
  readonly assertCurrent: () => void;
}

export function createWriter(
  database: DatabaseSync,
  { mailsPerBucket, assertCurrent }: WriterOptions,
): QuarantineIndexWriter {
  const mails = createMailTable(database, mailsPerBucket);
  const insertText = prepareWrite(
    database,
    'INSERT INTO search (rowid, headers, body, sender, recipients, tags) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const deleteText = prepareWrite(database, 'DELETE FROM search WHERE rowid = ?');
  const readMeta = database.prepare('SELECT value FROM meta WHERE key = ?');
  const writeMeta = prepareWrite(database, 'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');

  const indexText = ({ row, bucket, mail }: Added): void => {
    const { subject, from, attachmentNames, body } = mail;
    const headers = joinParts([subject, from, ...attachmentNames]);
    const recipients = joinParts(mail.recipients);
    const texts = [headers, withoutBlobs(body), mail.sender, recipients].map(spaceOut);
    insertText.run(row, ...[...texts, tagsOf(mail)].map((text) => markWords(bucket, text)));
  };

  /** In ascending order, because FTS5 writes out what it has gathered whenever a row number falls back. */
  const apply = ({ upsert, remove, checkpoint }: Change): void => {
    const documents = withoutRepetition(upsert);
    const gone = new Set(remove);
    const outdated: number[] = [];
    const added: Added[] = [];
    for (const mailId of gone) outdated.push(...mails.remove(mailId));
    for (const mail of documents) {
      if (gone.has(mail.mailId)) continue;
      const { row, bucket, replaced } = mails.upsert(mail);
      outdated.push(...replaced);
      added.push({ row, bucket, mail });
    }
    for (const row of outdated.toSorted(ascending)) deleteText.run(row);
    for (const one of added.toSorted((a, b) => a.row - b.row)) indexText(one);
    if (mails.maxAhead() > Number(readMeta.get('max-ahead')?.['value'] ?? 0)) {
      writeMeta.run('max-ahead', mails.maxAhead());
    }
    mails.store();
    writeMeta.run('checkpoint', checkpoint);
  };

  return {
    async write(change) {
      assertCurrent();
      database.exec('BEGIN IMMEDIATE');
      try {
        apply(change);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        mails.forget();
        throw error;
      }
    },
    async checkpoint() {
      const value = readMeta.get('checkpoint')?.['value'];
      return value === undefined ? undefined : String(value);
    },
    async close() {
      if (database.isOpen) database.close();
    },
  };
}

const ascending = (left: number, right: number): number => left - right;

/** Each mail once, as it was given last, oldest first, so that row numbers are given in their order. */
function withoutRepetition(upsert: readonly QuarantineDocument[]): QuarantineDocument[] {
  const last = new Map(upsert.map((mail) => [mail.mailId, mail]));
  return [...last.values()].toSorted((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt));
}
