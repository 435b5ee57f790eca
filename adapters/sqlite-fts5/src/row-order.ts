/**
 * Gives each mail the row number that puts it into its place in the list.
 *
 * The list is newest first and must be cheap: SQLite walks row numbers downwards and never sorts. So the row number is
 * the time of receipt, in tenths of a second since 1970, and where that is taken the next number that is free. Hence:
 *
 * - A mail that comes late (an edge was cut off for two days) takes its place among the old ones, not at the top.
 * - The same mail again keeps its number, so a page does not shift under a reader. A cursor is a row number: the pages
 *   after it are the same whatever arrives above, and the same in an index that was built anew.
 * - Mails of the same tenth of a second are in order of arrival. While more than ten a second come for long, numbers run
 *   ahead of time, and later mails follow on behind: order of arrival again. `maxAhead` says by how much at most, so that
 *   a search by time looks far enough.
 * - Numbers nearly as dense as a counter keep the index small: a number in milliseconds makes it a quarter larger.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

export const slotMs = 100;

export const slotOf = (receivedMs: number): number => Math.max(1, Math.floor(receivedMs / slotMs));

/** ms since 1970, of a row of `mails`. */
export const receivedAt = (mail: Readonly<Record<string, SQLOutputValue>>): number =>
  Number(mail['row']) * slotMs + Number(mail['rest_ms']);

/** Row numbers known to be taken without a gap. */
interface Run {
  readonly from: number;
  to: number;
}

/** Several edges that catch up are in several places. */
const maxRuns = 16;

export interface RowOrder {
  /** A free row number for a mail received at this time (ms since 1970). */
  place(receivedMs: number): number;
}

export function createRowOrder(database: DatabaseSync): RowOrder {
  const taken = database.prepare('SELECT 1 FROM mails WHERE row = ?');
  const endOfRun = database.prepare(`
    SELECT m.row FROM mails AS m
    WHERE m.row >= ? AND NOT EXISTS (SELECT 1 FROM mails AS n WHERE n.row = m.row + 1)
    ORDER BY m.row LIMIT 1`);
  const runs: Run[] = [];

  const firstFree = (from: number): number => {
    if (taken.get(from) === undefined) return from;
    const end = endOfRun.get(from)?.['row'];
    return Number(end) + 1;
  };

  return {
    place(receivedMs) {
      const slot = slotOf(receivedMs);
      const known = runs.find((run) => run.from <= slot && slot <= run.to + 1);
      const row = firstFree(known ? known.to + 1 : slot);
      if (known) known.to = row;
      else if (runs.unshift({ from: slot, to: row }) > maxRuns) runs.pop();
      return row;
    },
  };
}
