/** Keeps the queues in PostgreSQL: schema `bullmq`, one pool for all queues and workers of the process. */
import {
  ConnectionClosedError,
  PostgresConnection,
  PostgresQueueBackend,
  runMigrations,
  withBackend,
} from 'bullmq';
import type { BackendFactory, PgPool, PgPoolClient, PgQueryResult, PostgresConnectionOptions } from 'bullmq';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Jobs, QueueName } from '@sluice/core/ports/queue.ts';
import { QueuesUnavailable } from './deadline.ts';
import type { Store } from './store.ts';

const queryTimeoutMs = 30_000;

/** A worker holds one of them to LISTEN, all others are for short queries. */
const maxConnections = 12;

/** Connects and brings the schema up to date; tries again until the deadline. Throws QueuesUnavailable. */
export async function openPostgresStore(
  url: string,
  deadlineMs: number,
  onError: (error: Error) => void,
): Promise<Store> {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    options: '-c search_path=bullmq',
    application_name: 'sluice queues',
    connectionTimeoutMillis: 10_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  pool.on('error', onError);
  try {
    await migrate(pool, deadlineMs);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const connection = forBullmq(pool);
  const { Queue, Worker } = withBackend(createBackend);
  return {
    openQueue: (name) =>
      new Queue<Jobs[QueueName]>(name, { connection, streams: { events: { maxLen: 256 } } }),
    openWorker: (name, process, options) =>
      new Worker<Jobs[QueueName], void>(name, process, { ...options, connection }),
    ping: () => pool.query('select 1'),
    close: () => pool.end(),
  };
}

async function migrate(pool: Pool, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      const client = await pool.connect();
      try {
        await runMigrations(client);
        return;
      } finally {
        client.release();
      }
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      if (performance.now() > end) {
        throw new QueuesUnavailable(`PostgreSQL cannot be reached for the queues: ${error.message}`, {
          cause: error,
        });
      }
    }
    await wait(250);
  }
}

/**
 * The pool as BullMQ is to see it. BullMQ waits and tries again only where it knows a failure to be one of the connection,
 * and of PostgreSQL's it knows but one: after any other, a handler's success that could not be written down would be
 * recorded as a failed attempt, and its fetching loop would spin. So we say what they are.
 */
function forBullmq(pool: Pool): PgPool {
  const facade: PgPool = {
    async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
      return named(
        () => pool.query(text, params as unknown[]) as Promise<unknown> as Promise<PgQueryResult<R>>,
      );
    },
    connect: () => named(() => pool.connect() as Promise<unknown> as Promise<PgPoolClient>),
    // The pool is ours: BullMQ closes what it opened itself, and that is nothing.
    end: () => Promise.resolve(),
    on: () => facade,
    removeAllListeners: () => facade,
  };
  return facade;
}

async function named<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isConnectionLost(error) ? new ConnectionClosedError(error.message, error) : error;
  }
}

/** SQLSTATE class 08 (connection), 57P01-57P03 (it stops, crashed, starts), 53300 (too many), or no SQLSTATE at all. */
function isConnectionLost(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^(08...|57P0[123]|53300)$/.test(code)) return true;
  if (/^E[A-Z]+$/.test(code)) return true;
  return code === '' && /terminated|timeout|not queryable|closed/i.test(error.message);
}

/**
 * BullMQ lets an idle worker sleep for an hour, trusting that it is notified; after a query that failed at the wrong moment
 * it is not. Ten seconds is what it allows itself on Redis.
 */
class WakefulBackend extends PostgresQueueBackend {
  override get maximumBlockTimeout(): number {
    return 10;
  }
}

const createBackend: BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> = (name, options) =>
  new WakefulBackend(new PostgresConnection(options.connection), name, options);
