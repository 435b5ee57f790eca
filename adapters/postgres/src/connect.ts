/** The connection to PostgreSQL: a pool, our own schema, and what everything else here works on. */
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import { isTransient } from './errors.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

/** Handle that queries and writes take; opaque to everybody outside. */
export type Database = Kysely<Tables>;
/** The same inside of a transaction. */
export type DatabaseTransaction = Transaction<Tables>;

export interface Postgres {
  readonly db: Database;
  /** Brings the schema up to date; several processes may do so at once. */
  migrate(): Promise<void>;
  /** Whether it answers in time, or why not. */
  ping(timeoutMs: number): Promise<Result<void, string>>;
  close(): Promise<void>;
}

const connectTimeoutMs = 5_000;
const statementTimeoutMs = 30_000;
/** For a server that is gone without a word; longer than any statement of ours, an index of a rebuild included. */
const answerTimeoutMs = 15 * 60_000;

/** PostgreSQL cannot be reached, or does not let us in. */
class PostgresUnavailable extends Error {
  override readonly name = 'PostgresUnavailable';
  constructor(url: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`PostgreSQL at ${new URL(url).host} cannot be used: ${why}.`, { cause });
  }
}

/** Connections are made when needed, at most `connections` at once. */
export function connectPostgres(url: string, { connections = 8 } = {}): Postgres {
  const pool = new pg.Pool({
    connectionString: url,
    options: '-c search_path=sluice',
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    application_name: 'sluice',
  });
  // A connection that breaks while nobody asks it anything is noticed at its next use; without listeners, on the pool for
  // idle ones and on each for those inside of a transaction, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | undefined;
  return {
    db,
    async migrate() {
      try {
        await migrate(db);
      } catch (error) {
        throw isTransient(error) ? new PostgresUnavailable(url, error) : error;
      }
    },
    ping: (timeoutMs) => ping(pool, timeoutMs),
    close: () => (closed ??= db.destroy()),
  };
}

async function ping(pool: pg.Pool, timeoutMs: number): Promise<Result<void, string>> {
  const { promise: late, resolve } = Promise.withResolvers<Result<void, string>>();
  const timer = setTimeout(() => resolve(fail(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const asked = pool.query('select 1').then(
    () => ok(undefined),
    (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
