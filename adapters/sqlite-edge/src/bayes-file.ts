/** The SQLite file of the Bayes counts at an edge. What is lost of it is fed again: it is written without waiting for the disk. */
import { DatabaseSync } from 'node:sqlite';
import type { BayesFeed, ModelTotals } from '@sluice/core/handover/bayes-feed.ts';
import { createTrimming } from './bayes-trimming.ts';
import { edgeFileError, makePrivate, numberOf, prepareSchema } from './outbox-file.ts';

export interface StoredModel extends ModelTotals {
  /** Its number in the file, from 1. */
  readonly model: number;
}

/** Counts that were stored. */
export interface StoredCounts {
  readonly model: number;
  /** token, spam, ham, one after the other; 0, 0: the token is gone. */
  readonly triples: readonly number[];
}

export interface BayesFile {
  /** Of the counts in it; undefined for an empty file. */
  tokenizer(): number | undefined;
  cursor(): string | undefined;
  models(): readonly StoredModel[];
  count(model: number, token: number): { readonly spam: number; readonly ham: number };
  empty(): void;
  /** Each step is a short transaction; the last moves the cursor. */
  save(feed: BayesFeed): Generator<StoredCounts, void>;
  close(): void;
}

/** Application id in the file's header: "SLba". */
const applicationId = 0x53_4c_62_61;
const schemaVersion = 2;
const schema = `
  CREATE TABLE models (
    model INTEGER PRIMARY KEY, model_id TEXT NOT NULL UNIQUE, spam INTEGER NOT NULL, ham INTEGER NOT NULL, version TEXT NOT NULL
  ) STRICT;
  CREATE TABLE counts (
    model INTEGER NOT NULL, token INTEGER NOT NULL, spam INTEGER NOT NULL, ham INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (model, token)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE feed (id INTEGER PRIMARY KEY CHECK (id = 1), tokenizer INTEGER NOT NULL, cursor TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Counts in one transaction: 4 to 8 ms of CPU time on a full model. */
const sliceSize = 500;

/** Made (mode 0600) if there is none; one process at a time. `maxCounts`: of one model. */
export function openBayesFile(file: string, maxCounts: number): BayesFile {
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
    dropFirstVersion(database);
    prepareSchema(database, { file, applicationId, schemaVersion, schema });
    database.exec('COMMIT');
  } catch (error) {
    database.close();
    throw edgeFileError(file, error);
  }
  return operate(database, maxCounts);
}

/** All of it is fed again. */
function dropFirstVersion(database: DatabaseSync): void {
  const isOurs = numberOf(database, 'PRAGMA application_id') === applicationId;
  if (!isOurs || numberOf(database, 'PRAGMA user_version') !== 1) return;
  database.exec('DROP TABLE counts; DROP TABLE models; DROP TABLE feed; PRAGMA user_version = 0;');
}

const nothing = { spam: 0, ham: 0 };

function operate(database: DatabaseSync, maxCounts: number): BayesFile {
  const readFeed = database.prepare('SELECT tokenizer, cursor, seq FROM feed');
  const readModels = database.prepare('SELECT model, model_id AS modelId, spam, ham, version FROM models');
  const readCount = database.prepare('SELECT spam, ham FROM counts WHERE model = ? AND token = ?');
  const saving = createSaving(database, maxCounts);
  return {
    tokenizer() {
      const row = readFeed.get();
      return row === undefined ? undefined : Number(row['tokenizer']);
    },
    cursor() {
      const row = readFeed.get();
      return row === undefined ? undefined : String(row['cursor']);
    },
    models: () => readModels.all() as unknown as readonly StoredModel[],
    count: (model, token) =>
      (readCount.get(model, token) as { spam: number; ham: number } | undefined) ?? nothing,
    empty() {
      transact(database, () => database.exec('DELETE FROM counts; DELETE FROM models; DELETE FROM feed;'));
      saving.forget();
    },
    save: (feed) => saving.save(feed),
    close: () => database.close(),
  };
}

function transact(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** In the order of the file, so that a transaction touches few of its pages. */
function byToken(triples: readonly number[]): readonly (readonly [number, number, number])[] {
  const rows: [number, number, number][] = [];
  for (let at = 0; at + 2 < triples.length; at += 3) {
    rows.push([triples[at] ?? 0, triples[at + 1] ?? 0, triples[at + 2] ?? 0]);
  }
  return rows.sort(([one], [other]) => one - other);
}

function createSaving(database: DatabaseSync, maxCounts: number) {
  const writeModel = database.prepare(
    `INSERT INTO models (model_id, spam, ham, version) VALUES (?, ?, ?, ?)
      ON CONFLICT (model_id) DO UPDATE SET spam = excluded.spam, ham = excluded.ham, version = excluded.version`,
  );
  const numberOfModel = database.prepare('SELECT model FROM models WHERE model_id = ?');
  const writeFeed = database.prepare(
    `INSERT INTO feed VALUES (1, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET tokenizer = excluded.tokenizer, cursor = excluded.cursor, seq = excluded.seq`,
  );
  const change = database.prepare(
    'UPDATE counts SET spam = ?, ham = ?, seq = ? WHERE model = ? AND token = ?',
  );
  const insert = database.prepare('INSERT INTO counts VALUES (?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM counts WHERE model = ? AND token = ?');
  const trimming = createTrimming(database, (work) => transact(database, work));
  /** Counts of the models that were written to. */
  const sizes = new Map<number, number>();

  /** Answers by how much the model grew. */
  const put = (model: number, seq: number, triples: readonly number[]): number => {
    let grown = 0;
    for (let at = 0; at + 2 < triples.length; at += 3) {
      const [token, spam, ham] = [triples[at] ?? 0, triples[at + 1] ?? 0, triples[at + 2] ?? 0];
      if (spam === 0 && ham === 0) grown -= Number(remove.run(model, token).changes);
      else if (change.run(spam, ham, seq, model, token).changes === 0) {
        insert.run(model, token, spam, ham, seq);
        grown += 1;
      }
    }
    return grown;
  };

  function* saveCounts(
    model: number,
    triples: readonly number[],
    seq: number,
  ): Generator<StoredCounts, void> {
    let size = sizes.get(model) ?? numberOf(database, `SELECT count(*) FROM counts WHERE model = ${model}`);
    const rows = byToken(triples);
    for (let from = 0; from < rows.length; from += sliceSize) {
      const slice = rows.slice(from, from + sliceSize).flat();
      transact(database, () => (size += put(model, seq, slice)));
      sizes.set(model, size);
      yield { model, triples: slice };
    }
    if (size <= maxCounts) return;
    for (const gone of trimming(model, size - maxCounts + Math.ceil(maxCounts / 10))) {
      size -= gone.length;
      sizes.set(model, size);
      yield { model, triples: gone.flatMap((token) => [token, 0, 0]) };
    }
  }

  return {
    *save({ tokenizer, models, counts, next }: BayesFeed): Generator<StoredCounts, void> {
      const seq = numberOf(database, 'SELECT seq FROM feed') + 1;
      transact(database, () => {
        for (const { modelId, spam, ham, version } of models) writeModel.run(modelId, spam, ham, version);
      });
      for (const { modelId, triples } of counts) {
        const model = numberOfModel.get(modelId)?.['model'];
        if (typeof model === 'number') yield* saveCounts(model, triples, seq);
      }
      writeFeed.run(tokenizer, next, seq);
    },
    forget: () => sizes.clear(),
  };
}
