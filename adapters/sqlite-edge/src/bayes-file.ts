/** The SQLite file of the Bayes counts at an edge. What is lost of it is fed again: it is written without waiting for the disk. */
import { DatabaseSync } from 'node:sqlite';
import type { BayesFeed, ModelTotals } from '@sluice/core/handover/bayes-feed.ts';
import { edgeFileError, makePrivate, numberOf, prepareSchema } from './outbox-file.ts';

export interface BayesFile {
  /** Of the counts in it; undefined for an empty file. */
  tokenizer(): number | undefined;
  cursor(): string | undefined;
  models(): readonly ModelTotals[];
  /** Counts of a domain's model. */
  size(domainId: string): number;
  /** Calls with each count of the domain. */
  forEach(domainId: string, each: (token: number, spam: number, ham: number) => void): void;
  /** All or nothing; a feed of another tokenizer empties the file first. */
  save(feed: BayesFeed): void;
  close(): void;
}

/** Application id in the file's header: "SLba". */
const applicationId = 0x53_4c_62_61;
const schemaVersion = 1;
const schema = `
  CREATE TABLE models (
    model INTEGER PRIMARY KEY, domain_id TEXT NOT NULL UNIQUE, spam INTEGER NOT NULL, ham INTEGER NOT NULL, version TEXT NOT NULL
  ) STRICT;
  CREATE TABLE counts (
    model INTEGER NOT NULL, token INTEGER NOT NULL, spam INTEGER NOT NULL, ham INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (model, token)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE feed (id INTEGER PRIMARY KEY CHECK (id = 1), tokenizer INTEGER NOT NULL, cursor TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Counts that a model may have; beyond it those that were seen once go, the oldest first, as in the centre. */
const maxCounts = 250_000;

/** Made (mode 0600) if there is none; one process at a time. */
export function openBayesFile(file: string): BayesFile {
  makePrivate(file);
  const database = new DatabaseSync(file);
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -2000;
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

function operate(database: DatabaseSync): BayesFile {
  const readFeed = database.prepare('SELECT tokenizer, cursor, seq FROM feed');
  const readModels = database.prepare('SELECT domain_id AS domainId, spam, ham, version FROM models');
  const readSize = database.prepare(
    'SELECT count(*) AS size FROM counts JOIN models USING (model) WHERE domain_id = ?',
  );
  const readCounts = database.prepare(
    'SELECT token, counts.spam, counts.ham FROM counts JOIN models USING (model) WHERE domain_id = ?',
  );
  readCounts.setReturnArrays(true);
  const tokenizer = (): number | undefined => {
    const row = readFeed.get();
    return row === undefined ? undefined : Number(row['tokenizer']);
  };
  return {
    tokenizer,
    cursor() {
      const row = readFeed.get();
      return row === undefined ? undefined : String(row['cursor']);
    },
    models: () => readModels.all() as unknown as readonly ModelTotals[],
    size: (domainId) => Number(readSize.get(domainId)?.['size'] ?? 0),
    forEach(domainId, each) {
      for (const row of readCounts.iterate(domainId)) {
        const [token, spam, ham] = row as unknown as [number, number, number];
        each(token, spam, ham);
      }
    },
    save(feed) {
      const isOther = tokenizer() !== feed.tokenizer;
      database.exec('BEGIN IMMEDIATE');
      try {
        if (isOther) database.exec('DELETE FROM counts; DELETE FROM models; DELETE FROM feed;');
        write(database, feed);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function write(database: DatabaseSync, feed: BayesFeed): void {
  const seq = numberOf(database, 'SELECT seq FROM feed') + 1;
  const writeModel = database.prepare(
    `INSERT INTO models (domain_id, spam, ham, version) VALUES (?, ?, ?, ?)
      ON CONFLICT (domain_id) DO UPDATE SET spam = excluded.spam, ham = excluded.ham, version = excluded.version`,
  );
  for (const { domainId, spam, ham, version } of feed.models) writeModel.run(domainId, spam, ham, version);
  const modelOf = database.prepare('SELECT model FROM models WHERE domain_id = ?');
  for (const { domainId, triples } of feed.counts) {
    const model = modelOf.get(domainId)?.['model'];
    if (typeof model === 'number') writeCounts(database, { model, triples, seq });
  }
  database
    .prepare(
      `INSERT INTO feed VALUES (1, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET tokenizer = excluded.tokenizer, cursor = excluded.cursor, seq = excluded.seq`,
    )
    .run(feed.tokenizer, feed.next, seq);
}

interface ModelPage {
  readonly model: number;
  readonly triples: readonly number[];
  readonly seq: number;
}

function writeCounts(database: DatabaseSync, { model, triples, seq }: ModelPage): void {
  const put = database.prepare(
    `INSERT INTO counts VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (model, token) DO UPDATE SET spam = excluded.spam, ham = excluded.ham, seq = excluded.seq`,
  );
  const remove = database.prepare('DELETE FROM counts WHERE model = ? AND token = ?');
  for (let at = 0; at + 2 < triples.length; at += 3) {
    const [token = 0, spam = 0, ham = 0] = triples.slice(at, at + 3);
    if (spam === 0 && ham === 0) remove.run(model, token);
    else put.run(model, token, spam, ham, seq);
  }
  const surplus = numberOf(database, `SELECT count(*) FROM counts WHERE model = ${model}`) - maxCounts;
  if (surplus <= 0) return;
  database
    .prepare(
      `DELETE FROM counts WHERE model = ?1 AND token IN (
        SELECT token FROM counts WHERE model = ?1 AND spam + ham <= 1 ORDER BY seq, token LIMIT ?2)`,
    )
    .run(model, surplus + maxCounts / 10);
}
