/** The official client for a connection string. */
import { EventStoreDBClient } from '@eventstore/db-client';
import { ConnectionStringError } from './failure.ts';

/** KurrentDB is the later name of EventStoreDB; its connection strings differ in nothing else. */
const laterName = /^kurrentdb(?=(?:\+discover)?:\/\/)/;

/** Throws ConnectionStringError for one that cannot be used. Connects at the first call. */
export function openClient(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url.replace(laterName, 'esdb'));
  } catch (error) {
    throw new ConnectionStringError(`The connection string cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** What is wrong with a connection string by itself, without connecting: a sentence without its full stop. */
export function connectionFault(url: string): string | undefined {
  try {
    openClient(url);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The client quotes what it could not read, and that may be a part of the password. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, place, expected] = /^Unexpected ".*" at position (\d+), expected (.*)\.$/s.exec(message) ?? [];
  if (place !== undefined && expected !== undefined)
    return `${expected} is expected at character ${Number(place) + 1}`;
  return /certificate file/i.test(message)
    ? 'there is no such file as it names for a certificate'
    : message.replace(/\.$/, '');
}
