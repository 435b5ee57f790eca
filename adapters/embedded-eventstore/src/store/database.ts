/** The SQLite file of the event store: opening it durably and alone, and its schema. */
import { DatabaseSync } from 'node:sqlite';
import { logPages, reserveLog } from './reserve-log.ts';

/** Application id in the file's header: "SLev". */
const applicationId = 0x53_4c_65_76;
const schemaVersion = 1;

/**
 * Names of streams and types are kept once and referred to by number. `position` is the row id: an offset in the log of all
 * events, with gaps. `stream_events` is the index by stream of the events up to the position in `indexed`; it can be made
 * again from `events` alone.
 */
const schema = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE types (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    is_json INTEGER NOT NULL,
    UNIQUE (name, is_json)
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    type INTEGER NOT NULL,
    created INTEGER NOT NULL,
    id BLOB NOT NULL,
    data BLOB NOT NULL,
    metadata BLOB NOT NULL
  ) STRICT;
  CREATE TABLE stream_events (
    stream INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE indexed (position INTEGER NOT NULL) STRICT;
  INSERT INTO indexed VALUES (-1);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Thrown where a file cannot be used as an event store; the message says why. */
export class StoreFileError extends Error {
  override readonly name = 'StoreFileError';
}

/**
 * Opens the file, or makes it. One process at a time: it is locked until `close`. Every commit is on disk when it returns
 * (WAL, synchronous=FULL).
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    // Exclusive before WAL: then the index of the log lies in memory and no second process can open the file.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${logPages};
      PRAGMA cache_size = -16000;
      PRAGMA temp_store = MEMORY;
      BEGIN IMMEDIATE;
    `);
    prepareSchema(database, file);
    // Written in any case, so that there is a log to be reserved.
    database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
    reserveLog(file);
    return database;
  } catch (error) {
    database.close();
    throw storeFileError(file, error);
  }
}

function prepareSchema(database: DatabaseSync, file: string): void {
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > schemaVersion) {
    throw new StoreFileError(`${file} was written by a newer version of the event store (format ${version})`);
  }
  if (version === schemaVersion && numberOf(database, 'PRAGMA application_id') === applicationId) return;
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') > 0) {
    throw new StoreFileError(`${file} is a database of something else`);
  }
  database.exec(schema);
}

const numberOf = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const sqliteBusy = 5;
const sqliteNotADatabase = 26;

function storeFileError(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  if (code === sqliteBusy) {
    return new StoreFileError(`${file} is open in another event store process`, { cause: error });
  }
  if (code === sqliteNotADatabase) {
    return new StoreFileError(`${file} is not an event store`, { cause: error });
  }
  return error;
}
