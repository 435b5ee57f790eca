/** The SQLite file of the event store: opening it durably and alone, and its schema. */
import { DatabaseSync } from 'node:sqlite';
import { pagesOfLog, reserveLog } from './reserve-log.ts';

/** Application id in the file's header: "SLev". */
const applicationId = 0x53_4c_65_76;
const schemaVersion = 2;

/**
 * Of new files. A decision takes about 2.5 kB: three of them lie on such a page, on one of half the size only one.
 * INCREMENTAL: pages that became free can be given back little by little.
 */
const incremental = 2;
const newFile = 'PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL';

/**
 * Names of streams and types are kept once and referred to by number. `position` is the row id: an offset in the log of all
 * events, with gaps. The newest events have a row each in `events`; all before them lie in `blocks` (see block-format.ts), under
 * the positions of their first and last event. `stream_events` is the index by stream of the events up to the position in
 * `indexed`, those in blocks among them; it can be made again from the events alone.
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
`;

/** What format 1 did not have; its events move into blocks by and by. */
const blocksSchema = `
  CREATE TABLE blocks (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    heads BLOB NOT NULL,
    content BLOB NOT NULL
  ) STRICT;
`;

/** Thrown where a file cannot be used as an event store; the message says why. */
export class StoreFileError extends Error {
  override readonly name: string = 'StoreFileError';
}

/** Another process has it open. */
export class StoreFileInUse extends StoreFileError {
  override readonly name = 'StoreFileInUse';
}

/**
 * Opens the file, or makes it. One process at a time: it is locked until `close`. Every commit is on disk when it returns
 * (WAL, synchronous=FULL).
 */
export function openDatabase(file: string): DatabaseSync {
  const database = openFile(file);
  try {
    // Exclusive before WAL: then the index of the log lies in memory and no second process can open the file.
    database.exec(`
      ${newFile};
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -16000;
      PRAGMA temp_store = MEMORY;
    `);
    const pageBytes = numberOf(database, 'PRAGMA page_size');
    database.exec(`PRAGMA wal_autocheckpoint = ${pagesOfLog(pageBytes)}; BEGIN IMMEDIATE`);
    prepareSchema(database, file);
    // Written in any case, so that there is a log to be reserved.
    database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
    reserveLog(file, pageBytes);
    return database;
  } catch (error) {
    database.close();
    throw storeFileError(file, error);
  }
}

function openFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    throw storeFileError(file, error);
  }
}

function prepareSchema(database: DatabaseSync, file: string): void {
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > schemaVersion) {
    throw new StoreFileError(`${file} was written by a newer version of the event store (format ${version})`);
  }
  if (version > 0 && numberOf(database, 'PRAGMA application_id') === applicationId) {
    if (version < schemaVersion) database.exec(blocksSchema);
    return;
  }
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') > 0) {
    throw new StoreFileError(`${file} is a database of something else`);
  }
  database.exec(schema + blocksSchema);
}

/** The number that a statement answers. */
export const numberOf = (database: DatabaseSync, sql: string): number =>
  Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);

/**
 * Runs what may be undone by a crash as a whole: its commits are not synced by themselves, which costs most of the time of a
 * commit. Every later commit syncs them too, since the log is one file; nothing is ever half there.
 */
export function unsynced<T>(database: DatabaseSync, action: () => T): T {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return action();
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

/** Free pages that are left to what comes next, and those that one step gives back. */
const leastFreePages = 4;
const pagesInStep = 32;

/**
 * Makes the file smaller by some of its free pages; false: they are fewer than a few hundredths of it. Files of format 1 do not become
 * smaller: their free pages are used again.
 */
export function giveBackPages(database: DatabaseSync): boolean {
  const free = numberOf(database, 'PRAGMA freelist_count');
  const all = numberOf(database, 'PRAGMA page_count');
  if (free < leastFreePages + all / 64 || numberOf(database, 'PRAGMA auto_vacuum') !== incremental)
    return false;
  database.exec(`PRAGMA incremental_vacuum(${pagesInStep})`);
  return true;
}

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const sqlite = { busy: 5, readOnly: 8, damaged: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

const sqliteCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;

const reasons: ReadonlyMap<number, (file: string) => string> = new Map([
  [sqlite.readOnly, (file) => `${file} cannot be written`],
  [sqlite.damaged, (file) => `${file} is damaged: parts of it are gone or are not where they should be`],
  [sqlite.full, (file) => `The disk of ${file} is full`],
  [sqlite.cannotOpen, (file) => `${file} cannot be opened: its folder is missing, or closed to this user`],
  [sqlite.notADatabase, (file) => `${file} is not an event store`],
]);

/** What SQLite says of a file, as StoreFileError; any other error as it is. */
export function storeFileError(file: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === sqlite.busy) {
    return new StoreFileInUse(`${file} is open in another event store process`, { cause: error });
  }
  const reason = reasons.get(code);
  return reason === undefined ? error : new StoreFileError(reason(file), { cause: error });
}

/** Whether SQLite says that the file is damaged, whatever was asked of it. */
export const isDamage = (error: unknown): boolean =>
  [sqlite.damaged, sqlite.notADatabase].some((code) => code === sqliteCode(error));
