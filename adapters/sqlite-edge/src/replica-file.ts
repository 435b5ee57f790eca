/** The SQLite file of the replica: domains as JSON, and what is known of the feed. It holds data keys. */
import { DatabaseSync } from 'node:sqlite';
import type { Feed, ReplicaDomain } from '@sluice/core/handover/feed.ts';
import type { ListEntry } from '@sluice/core/policy/policy.ts';
import { edgeFileError, makePrivate, prepareSchema } from './outbox-file.ts';

export interface FeedState {
  readonly position: string;
  /** True once a feed was complete. */
  readonly isReady: boolean;
  /** ISO 8601. */
  readonly confirmedAt: string | undefined;
  readonly serviceLists: readonly ListEntry[];
  readonly serviceRevision?: number;
}

export interface ReplicaFile {
  domains(): readonly ReplicaDomain[];
  state(): FeedState | undefined;
  /** All or nothing, on disk on return. */
  save(domains: Feed['domains'], state: FeedState): void;
  close(): void;
}

/** Application id in the file's header: "SLre". */
const applicationId = 0x53_4c_72_65;
const schemaVersion = 1;
const schema = `
  CREATE TABLE domains (domain_id TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE feed (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Opens the file alone, or makes it (mode 0600). What is overwritten is wiped: an erased key must not linger. */
export function openReplicaFile(file: string): ReplicaFile {
  makePrivate(file);
  const database = new DatabaseSync(file);
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = TRUNCATE;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON;
      BEGIN EXCLUSIVE;
    `);
    prepareSchema(database, { file, applicationId, schemaVersion, schema });
    database.exec('COMMIT');
  } catch (error) {
    database.close();
    throw edgeFileError(file, error);
  }
  return operate(database);
}

function operate(database: DatabaseSync): ReplicaFile {
  const readDomains = database.prepare('SELECT value FROM domains');
  const readState = database.prepare('SELECT value FROM feed');
  const writeDomain = database.prepare(
    'INSERT INTO domains VALUES (?, ?) ON CONFLICT (domain_id) DO UPDATE SET value = excluded.value',
  );
  const writeState = database.prepare(
    'INSERT INTO feed VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value',
  );
  return {
    domains: () => readDomains.all().map(({ value }) => JSON.parse(String(value)) as ReplicaDomain),
    state() {
      const row = readState.get();
      return row === undefined ? undefined : (JSON.parse(String(row['value'])) as FeedState);
    },
    save(domains, state) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const domain of domains) writeDomain.run(domain.domainId, JSON.stringify(domain));
        writeState.run(JSON.stringify(state));
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
