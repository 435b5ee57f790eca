/** A PostgreSQL server for one test file, with as many fresh databases as the tests want. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';
import type { EmbeddedPostgres } from '@sluice/embedded-postgres';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from './free-port.ts';

interface TestPostgres {
  /** The file's own fresh database. To be read inside of tests and hooks only. */
  readonly url: string;
  /** Another fresh, empty database on the same server. */
  createDatabase(): Promise<string>;
}

/**
 * Call it at the top level of a test file or of a `describe`: starts a server (about 1 s, without fsync) before its tests and
 * stops and deletes it after them.
 */
export function usePostgres(): TestPostgres {
  let server: TestServer | undefined;
  let url: string | undefined;
  beforeAll(async () => {
    server = await startTestPostgres();
    url = await server.createDatabase();
  });
  afterAll(async () => {
    await server?.stop();
  });
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('PostgreSQL runs only inside of tests and hooks');
    return value;
  };
  return {
    get url() {
      return started(url);
    },
    createDatabase: () => started(server).createDatabase(),
  };
}

export interface TestServer {
  createDatabase(): Promise<string>;
  /** kill -9 of the server. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The same for scripts that are no test files. `durable`: what is committed is on disk, so that `kill` loses nothing. */
export async function startTestPostgres({ durable = false } = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  // As root the server runs as another user, who must pass through.
  await chmod(folder, 0o711);
  const options = { folder, port: await freePort(), password: randomBytes(12).toString('hex'), durable };
  let server = await startEmbeddedPostgres(options);
  // A test run that is ended early runs no hooks.
  const onExit = (): void => killServer(folder, 'SIGQUIT');
  process.once('exit', onExit);
  return {
    createDatabase: () => createDatabase(server),
    async kill() {
      killServer(folder, 'SIGKILL');
      await server.exited;
      await server.stop();
    },
    async restart() {
      server = await startEmbeddedPostgres(options);
    },
    async stop() {
      await server.stop();
      process.off('exit', onExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createDatabase(server: EmbeddedPostgres): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return server.url.replace(/\/sluice$/, `/${name}`);
}

function killServer(folder: string, signal: NodeJS.Signals): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10), signal);
  } catch {
    // It has ended already.
  }
}
