/** Which rows a query can be about, by its times and its cursor; and the cursor itself. */
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import type { Range } from './queries.ts';
import { slotOf } from './row-order.ts';

/** undefined: nothing can lie in it. */
export function rangeOf(query: QuarantineQuery, maxAhead: number): Range | undefined {
  const since = query.since === undefined ? -Infinity : Date.parse(query.since);
  const until = query.until === undefined ? Infinity : Date.parse(query.until);
  const cursor = query.cursor === undefined ? Infinity : cursorRow(query.cursor);
  if (Number.isNaN(since) || Number.isNaN(until) || cursor === undefined) return undefined;
  return {
    times:
      query.since === undefined && query.until === undefined
        ? undefined
        : { since: clamp(since), until: clamp(until) },
    fromRow: since === -Infinity ? 0 : slotOf(since),
    beforeRow: Math.min(clamp(cursor), clamp(slotOf(until) + maxAhead + 1)),
  };
}

const clamp = (value: number): number =>
  Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));

/** Behind it the mark that typos were forgiven on the pages before. */
const forgivingMark = '~';

export const writeCursor = (row: number, isForgiving: boolean): string =>
  `${row}${isForgiving ? forgivingMark : ''}`;

export const isForgivingCursor = (cursor: string | undefined): boolean =>
  cursor?.endsWith(forgivingMark) ?? false;

const cursorRow = (cursor: string): number | undefined =>
  /^\d{1,15}~?$/.test(cursor) ? Number.parseInt(cursor, 10) : undefined;
