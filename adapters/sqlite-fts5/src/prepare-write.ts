/** Prepares statements that change rows, so that running one does not fail over a number that nobody asked for. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * `run` reports the last row number of the connection. FTS5 leaves there numbers of its own tables beyond 2^53, and
 * node:sqlite throws (ERR_OUT_OF_RANGE) rather than round them, unless it may give them as bigints.
 */
export function prepareWrite(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}
