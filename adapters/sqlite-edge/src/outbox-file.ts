/** The SQLite file of the outbox: opening it durably, for one process alone, and its schema. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Application id in the file's header: "SLob". */
const applicationId = 0x53_4c_6f_62;
const schemaVersion = 1;

/**
 * `items` wait for the intake, `deliveries` for the route; `bodies` are the raw mails that either of them still needs. A
 * body has the seq of its decision for id, and so has its delivery. At most one item carries the body of a mail, which is
 * named by `deliveries.carrier`. Times are ms since 1970. Only rows at the right edge of a tree are written while mails
 * flow, but for the index of what is due.
 */
const schema = `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters VALUES ('seq', 0);
  CREATE TABLE chains (
    domain_id TEXT PRIMARY KEY,
    counter INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE bodies (id INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT;
  CREATE TABLE items (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    mail_id TEXT,
    body INTEGER,
    event TEXT NOT NULL
  ) STRICT;
  CREATE TABLE parked (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    mail_id TEXT,
    body INTEGER,
    event TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    carrier INTEGER,
    mail_id TEXT NOT NULL,
    domain_id TEXT NOT NULL,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    smtp_utf8 INTEGER NOT NULL,
    recipients TEXT NOT NULL,
    last_response TEXT NOT NULL,
    trace TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_due ON deliveries (domain_id, due);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Thrown where a file cannot be used as an outbox or replica; the message says why. */
export class EdgeFileError extends Error {
  override readonly name = 'EdgeFileError';
}

/**
 * One connection to the file, which is made if there is none (mode 0600: it holds mail). Every commit is on disk when it
 * returns (WAL, synchronous=FULL). Free pages are reused, and given back by `incremental_vacuum`.
 */
export function openOutboxFile(file: string): DatabaseSync {
  makePrivate(file);
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -8000;
      PRAGMA temp_store = MEMORY;
    `);
    database.exec('BEGIN IMMEDIATE');
    prepareSchema(database, { file, applicationId, schemaVersion, schema });
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw edgeFileError(file, error);
  }
}

/**
 * Takes the file for this process until `close` or the process's end: two writers would each continue the chains from
 * their own memory. The lock is SQLite's own, on a small file beside it, so a killed process leaves none behind.
 */
export function lockFile(file: string): { close(): void } {
  const lock = `${file}.lock`;
  makePrivate(lock);
  const database = new DatabaseSync(lock);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return { close: () => database.close() };
  } catch (error) {
    database.close();
    throw edgeFileError(file, error);
  }
}

interface FileFormat {
  readonly file: string;
  readonly applicationId: number;
  readonly schemaVersion: number;
  readonly schema: string;
}

/** Makes the schema in an empty file; throws `EdgeFileError` for one that is not ours or is newer than we are. */
export function prepareSchema(database: DatabaseSync, format: FileFormat): void {
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > format.schemaVersion) {
    throw new EdgeFileError(`${format.file} was written by a newer version (format ${version})`);
  }
  const isOurs = numberOf(database, 'PRAGMA application_id') === format.applicationId;
  if (isOurs && version === format.schemaVersion) return;
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') > 0) {
    throw new EdgeFileError(`${format.file} is a database of something else`);
  }
  database.exec(format.schema);
}

/** Makes the file readable by its owner alone, before SQLite makes it by the umask; its WAL takes over the mode. */
export function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

/** The first column of the first row, 0 if there is none. */
export const numberOf = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const sqliteBusy = 5;
const sqliteNotADatabase = 26;

export function edgeFileError(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  if (code === sqliteBusy) return new EdgeFileError(`${file} is open in another process`, { cause: error });
  if (code === sqliteNotADatabase) return new EdgeFileError(`${file} is no SQLite file`, { cause: error });
  return error;
}
