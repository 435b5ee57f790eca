/** Which imported mails the intake has taken, in a SQLite file: 16 bytes a mail, durable before the outbox forgets them. */
import { DatabaseSync } from 'node:sqlite';
import type { HandedIn } from '@sluice/core/ports/handed-in.ts';
import { edgeFileError, makePrivate, prepareSchema } from './outbox-file.ts';

/** Application id in the file's header: "SLhi". */
const applicationId = 0x53_4c_68_69;
const schemaVersion = 1;
const schema = `
  CREATE TABLE mails (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** `file` is made (mode 0600) if there is none. Throws `EdgeFileError` if it cannot be used. */
export function openHandedIn({ file }: { readonly file: string }): HandedIn {
  makePrivate(file);
  const database = new DatabaseSync(file);
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -32000;
      BEGIN IMMEDIATE;
    `);
    prepareSchema(database, { file, applicationId, schemaVersion, schema });
    database.exec('COMMIT');
  } catch (error) {
    database.close();
    throw edgeFileError(file, error);
  }
  return operate(database);
}

function operate(database: DatabaseSync): HandedIn {
  const find = database.prepare('SELECT 1 FROM mails WHERE id = ?');
  const insert = database.prepare('INSERT OR IGNORE INTO mails VALUES (?)');
  return {
    has: (mailId) => find.get(keyOf(mailId)) !== undefined,
    add(mailIds) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const mailId of mailIds) insert.run(keyOf(mailId));
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

const keyOf = (mailId: string): Buffer => Buffer.from(mailId.replaceAll('-', ''), 'hex');
