/** A whole store to be read as bytes, for backups and checks. */
import { EventStoreDBClient } from '@eventstore/db-client';
import type { RawReads } from './raw-reads.ts';
import { createRawReads } from './raw-reads.ts';

export type RawLog = Pick<RawReads, 'all' | 'allBackwards'> & AsyncDisposable;

/** `url`: a connection string. Connects at the first read. */
export function openRawLog(url: string): RawLog {
  const client = EventStoreDBClient.connectionString(url);
  const { all, allBackwards } = createRawReads(client);
  return { all, allBackwards, [Symbol.asyncDispose]: () => client.dispose() };
}
