/**
 * The layout of an index file, and how a writer opens it.
 *
 * `search` is the full-text index: contentless (it holds no text), with deletion. `mails` holds what a list shows, and
 * enough of the text for an excerpt; both have the same row numbers, in the order of `receivedAt` (see row-order.ts), and
 * `rest_ms` is what the row number does not say of that time.
 * The body is the first column, because a place in the first one is written without the column's number: a seventh of the file.
 * `tags` are the owner and the filters of a row as words, so that they are part of the same MATCH as the text. Each word of
 * text and tags is written with the mark of the mail's bucket (see buckets.ts).
 */
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE tenants (
    id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    domain_id TEXT NOT NULL,
    UNIQUE (account_id, domain_id)
  );
  CREATE INDEX owners ON tenants (domain_id);
  CREATE TABLE buckets (
    id INTEGER PRIMARY KEY,
    grp INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    max_row INTEGER NOT NULL
  );
  CREATE INDEX buckets_of_group ON buckets (grp);
  CREATE TABLE mails (
    row INTEGER PRIMARY KEY,
    mail_id BLOB NOT NULL UNIQUE,
    tenant INTEGER NOT NULL REFERENCES tenants (id),
    bucket INTEGER NOT NULL,
    rest_ms INTEGER NOT NULL,
    is_held INTEGER NOT NULL,
    reason TEXT NOT NULL,
    checks TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    from_header TEXT NOT NULL,
    subject TEXT NOT NULL,
    size INTEGER NOT NULL,
    excerpt BLOB
  );
  CREATE VIRTUAL TABLE search USING fts5 (
    body, headers, sender, recipients, tags,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2'
  );
`;

/** Raised with every change of the layout; an index of another version is not opened, but built anew. */
const layoutVersion = 5;

/** Thrown for a file of another layout: an empty one has to take its place. */
export class OtherLayout extends Error {
  override readonly name = 'OtherLayout';
}

/** How long a writer waits for another one to finish its transaction, in ms. */
const busyTimeout = 5_000;

/**
 * Opens a file for writing, with its tables made. `live`: a crash of the machine may take the last transactions, never
 * apart from their checkpoint. `rebuild`: nothing is certain before the file was finished, and no page is written twice.
 */
export function openForWriting(path: string, mode: 'live' | 'rebuild'): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeout });
  database.exec(`
    PRAGMA journal_mode = ${mode === 'live' ? 'WAL' : 'MEMORY'};
    PRAGMA synchronous = ${mode === 'live' ? 'NORMAL' : 'OFF'};
    PRAGMA journal_size_limit = ${32 * 1024 * 1024};
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA cache_size = -${mode === 'live' ? 16_384 : 65_536};
  `);
  const version = layoutOf(database);
  if (version === 0) {
    database.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${layoutVersion}; COMMIT;`);
  } else if (version !== layoutVersion) {
    database.close();
    throw new OtherLayout(`the quarantine index has layout ${String(version)}, not ${layoutVersion}`);
  }
  if (mode === 'rebuild') database.exec(delayMerging);
  return database;
}

const layoutOf = (database: DatabaseSync): unknown =>
  database.prepare('PRAGMA user_version').get()?.['user_version'];

/**
 * While a new index is filled, what each change adds is left in pieces (a piece has a thousand mails or so), and only very
 * many are put together; `finishRebuild` then makes one of them: less work in all, the smallest file and the fastest search.
 */
const delayMerging = `
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  INSERT INTO search (search, rank) VALUES ('crisismerge', 64);`;
const mergeAsChangesCome = `
  INSERT INTO search (search, rank) VALUES ('automerge', 4);
  INSERT INTO search (search, rank) VALUES ('crisismerge', 16);`;

/** Pages of work between two breaths: some ten milliseconds. */
const mergeStep = 500;

/** Makes a rebuilt index what a live one is: its pieces put together, its journal one that readers do not wait for. */
export async function finishRebuild(database: DatabaseSync): Promise<void> {
  await mergeAll(database);
  database.exec('PRAGMA journal_mode = WAL');
}

/** Lets the process do other things in between. */
async function mergeAll(database: DatabaseSync): Promise<void> {
  const changes = database.prepare('SELECT total_changes() AS n');
  const countChanges = (): number => Number(changes.get()?.['n']);
  database.exec(mergeAsChangesCome);
  for (let pages = -mergeStep; ; pages = mergeStep) {
    const before = countChanges();
    database.exec(`INSERT INTO search (search, rank) VALUES ('merge', ${pages})`);
    if (countChanges() - before < 2) return;
    await setImmediate();
  }
}

/** undefined for a file of another layout: there is no index yet that could be read. */
export function openForReading(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { readOnly: true, timeout: busyTimeout });
  if (layoutOf(database) !== layoutVersion) {
    database.close();
    return undefined;
  }
  database.exec('PRAGMA cache_size = -16384; PRAGMA query_only = ON;');
  return database;
}
