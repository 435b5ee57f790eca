/** Being the only one: a lock that lasts as long as a connection, for work that one process at a time may do. */
import pg from 'pg';

export interface ExclusiveLock {
  /** Aborted when the connection, and with it the lock, is lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** The lock, or undefined while another process has it. Throws where the database cannot be reached. */
export async function tryExclusive(url: string, name: string): Promise<ExclusiveLock | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: `sluice ${name}`,
  });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [`sluice ${name}`],
  );
  if (rows[0]?.locked === true) return { lost: lost.signal, release: () => client.end() };
  await client.end();
  return undefined;
}
