/** The stores behind the quarantine's pages, filled with made-up mails, and PostgreSQL's own full text beside them as a peer. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Count } from '@sluice/core/projection/counts.ts';
import type { QuarantineDocument, QuarantineIndex } from '@sluice/core/ports/quarantine-index.ts';
import {
  addCounts,
  connectPostgres,
  type Database,
  insertMails,
  type Postgres,
  upsertDomains,
} from '@sluice/postgres';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { startTestPostgres } from '../../contracts/support/postgres.ts';
import { createBareLayout } from './bare-layout.ts';
import { countsOf, domainCount, domainRow, type MailMaker, mailRow } from './quarantine-mails.ts';

const batch = 1_000;

export interface Filling {
  /** A second, in the index alone; and in the index with the rows of PostgreSQL. */
  readonly indexRows: number;
  readonly allRows: number;
  /** Bytes of a mail in the index. */
  readonly indexBytes: number;
  /** The same of the bare layout. */
  readonly bareRows: number;
  readonly bareBytes: number;
}

export interface QuarantineStores extends AsyncDisposable {
  readonly db: Database;
  readonly index: QuarantineIndex;
  readonly filling: Filling;
  /** Newest 50 mail ids of a domain by PostgreSQL's full text (GIN over tsvector, and an index by domain and time). */
  peer(domainId: string, tsquery: string): Promise<number>;
}

export async function fillStores(maker: MailMaker, rows: number): Promise<QuarantineStores> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(await mkdtemp(join(tmpdir(), 'sluice-bench-')), (one) =>
    rm(one, { recursive: true, force: true }),
  );
  const server = stack.adopt(await startTestPostgres(), (one) => one.stop());
  const url = await server.createDatabase();
  const postgres = stack.adopt(connectPostgres(url), (one) => one.close());
  await postgres.migrate();
  const peer = stack.adopt(new pg.Client({ connectionString: url }), (one) => one.end());
  await peer.connect();
  await peer.query(
    'create table peer (mail_id uuid primary key, domain_id uuid, received_at timestamptz, doc tsvector)',
  );

  const indexFolder = await subfolder(folder, 'index');
  const indexes = openQuarantineIndexes(indexFolder);
  const rebuild = await indexes.startRebuild();
  const bareFile = join(await subfolder(folder, 'bare'), 'bare.db');
  const bare = createBareLayout(bareFile);
  const spent = { index: 0, all: 0, bare: 0 };
  const counts = new Map<string, Count>();
  await inTransaction(postgres, (tx) =>
    upsertDomains(
      tx,
      Array.from({ length: domainCount }, (_, n) => domainRow(n)),
    ),
  );
  for (let from = 0; from < rows; from += batch) {
    const mails = Array.from({ length: Math.min(batch, rows - from) }, () => maker.next());
    for (const mail of mails) count(counts, mail);
    const began = performance.now();
    await rebuild.writer.write({ upsert: mails, remove: [], checkpoint: String(from) });
    spent.index += performance.now() - began;
    await inTransaction(postgres, (tx) =>
      insertMails(
        tx,
        mails.map((mail, place) => mailRow(mail, from + place)),
      ),
    );
    spent.all += performance.now() - began;
    const barely = performance.now();
    bare.write(mails);
    spent.bare += performance.now() - barely;
    await fillPeer(peer, mails);
  }
  const barely = performance.now();
  const bareBytes = bare.finish() / rows;
  spent.bare += performance.now() - barely;
  const began = performance.now();
  await rebuild.swap();
  spent.index += performance.now() - began;
  spent.all += performance.now() - began;
  for (const part of parts([...counts.values()])) await inTransaction(postgres, (tx) => addCounts(tx, part));
  await peer.query('create index on peer using gin (doc)');
  await peer.query('create index on peer (domain_id, received_at desc)');
  await peer.query('vacuum analyze');

  const index = stack.adopt(await indexes.openReader(), (one) => one.close());
  const indexBytes = (await bytesIn(indexFolder)) / rows;
  const running = stack.move();
  return {
    db: postgres.db,
    index,
    filling: {
      indexRows: (rows / spent.index) * 1_000,
      allRows: (rows / spent.all) * 1_000,
      indexBytes,
      bareRows: (rows / spent.bare) * 1_000,
      bareBytes,
    },
    async peer(domainId, tsquery) {
      const { rowCount } = await peer.query(
        `select mail_id from peer where domain_id = $1 and doc @@ $2::tsquery order by received_at desc limit 50`,
        [domainId, tsquery],
      );
      return rowCount ?? 0;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const inTransaction = (
  { db }: Postgres,
  work: (tx: Parameters<typeof insertMails>[0]) => Promise<void>,
): Promise<void> => db.transaction().execute(work);

function count(counts: Map<string, Count>, mail: QuarantineDocument): void {
  for (const one of countsOf(mail)) {
    const key = JSON.stringify([one.hour, one.domainId, one.verdict, one.reason, one.check]);
    counts.set(key, { ...one, count: (counts.get(key)?.count ?? 0) + 1 });
  }
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += batch) yield all.slice(from, from + batch);
}

async function fillPeer(peer: pg.Client, mails: readonly QuarantineDocument[]): Promise<void> {
  await peer.query(
    `insert into peer select id, domain, at, to_tsvector('simple', text)
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[]) as new (id, domain, at, text)`,
    [
      mails.map(({ mailId }) => mailId),
      mails.map(({ domainId }) => domainId),
      mails.map(({ receivedAt }) => receivedAt),
      mails.map(({ subject, from, body, attachmentNames }) =>
        [subject, from, body, ...attachmentNames].join(' '),
      ),
    ],
  );
}

async function subfolder(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
