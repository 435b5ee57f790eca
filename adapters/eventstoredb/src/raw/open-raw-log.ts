/** A whole store to be read as bytes, for backups and checks. */
import { openClient } from '../open-client.ts';
import type { RawReads } from './raw-reads.ts';
import { createRawReads } from './raw-reads.ts';

export type RawLog = Pick<RawReads, 'all' | 'allBackwards' | 'at'> & AsyncDisposable;

/** `url`: a connection string. Connects at the first read. */
export function openRawLog(url: string): RawLog {
  const client = openClient(url);
  const reads = createRawReads(client);
  return {
    all: (after) => reads.all(after),
    at: (position) => reads.at(position),
    allBackwards: () => reads.allBackwards(),
    [Symbol.asyncDispose]: () => client.dispose(),
  };
}
