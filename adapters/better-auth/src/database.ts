/** The tables of sign-ins: a schema of their own beside ours, brought up to date by one process at a time. */
import { getMigrations } from 'better-auth/db/migration';
import type { BetterAuthOptions } from 'better-auth';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const connections = 4;
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 15_000;

const schema = 'auth';

export interface AuthDatabase {
  readonly db: Kysely<never>;
  close(): Promise<void>;
}

export function connectDatabase(url: string): AuthDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${schema}`,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'sluice sign-ins',
  });
  // A connection that breaks while nobody asks it anything is noticed at its next use.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

/** Any number, the same in all versions of Sluice, and another than that of our own migrations. */
const lockKey = 7_305_001_845;

/** The lock lives on a connection of its own, since the migration picks connections as it likes. */
export async function migrate(url: string, options: BetterAuthOptions): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'sluice sign-ins',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query(`create schema if not exists ${schema}`);
    const { runMigrations } = await getMigrations(options);
    await runMigrations();
  } finally {
    await client.end();
  }
}
