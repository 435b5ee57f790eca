/** The reading side: asks whichever index file is the current one, and moves over when another one becomes it. */
import { isVisible, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { parseTextQuery } from '@sluice/core/kernel/text-query.ts';
import type {
  QuarantineIndex,
  QuarantinePage,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import type { CurrentIndex } from './current-index.ts';
import { excerptOf } from './excerpt.ts';
import { toHit, type MailRow } from './mail-row.ts';
import { compileMatch } from './match.ts';
import { createQueries, type Queries, type Range } from './queries.ts';
import { slotOf } from './row-order.ts';
import { openForReading } from './schema.ts';

const defaultLimit = 50;
const maxLimit = 200;

export function createReader(current: CurrentIndex): QuarantineIndex {
  let opened: { readonly file: string; readonly queries: Queries | undefined } | undefined;

  /** undefined while there is no index yet. */
  const open = (): Queries | undefined => {
    const file = current.read();
    if (file === opened?.file) return opened?.queries;
    opened?.queries?.close();
    opened = undefined;
    return current.openCurrent((path, name) => {
      const database = openForReading(path);
      opened = { file: name, queries: database && createQueries(database) };
      return opened.queries;
    });
  };

  return {
    async search(scope, query) {
      const queries = open();
      const match = compileMatch(scope, query);
      const range = queries && rangeOf(query, queries.maxAhead());
      if (queries === undefined || match === undefined || range === undefined) return { items: [] };
      const limit = Math.min(maxLimit, Math.max(1, Math.floor(query.limit ?? defaultLimit)));
      const rows = queries.find(match, range, limit + 1);
      return toPage(scope, query, { rows, limit });
    },
    async count(scope, query, limit) {
      const queries = open();
      const match = compileMatch(scope, query);
      const range = queries && rangeOf(query, queries.maxAhead());
      if (queries === undefined || match === undefined || range === undefined) return 0;
      return queries.count(match, range, Math.max(0, Math.floor(limit)));
    },
    async checkpoint() {
      return open()?.checkpoint();
    },
    async close() {
      opened?.queries?.close();
      opened = undefined;
    },
  };
}

function toPage(
  scope: TenantScope,
  query: QuarantineQuery,
  { rows, limit }: { readonly rows: readonly MailRow[]; readonly limit: number },
): QuarantinePage {
  const shown = rows.slice(0, limit);
  const { required } = parseTextQuery(query.text ?? '');
  const fields = query.fields ?? 'all';
  const items = shown
    .toSorted((left, right) => right.received - left.received || right.row - left.row)
    .map((row) => toHit(row, required.length > 0 ? excerptOf(row.texts(fields), required) : ''));
  if (!items.every((hit) => isVisible(scope, hit))) throw new Error('a hit lies outside of the tenant scope');
  const last = shown.at(-1);
  return rows.length > limit && last ? { items, next: String(last.row) } : { items };
}

/** undefined: nothing can lie in it. */
function rangeOf(query: QuarantineQuery, maxAhead: number): Range | undefined {
  const since = query.since === undefined ? -Infinity : Date.parse(query.since);
  const until = query.until === undefined ? Infinity : Date.parse(query.until);
  const cursor = query.cursor === undefined ? Infinity : cursorRow(query.cursor);
  if (Number.isNaN(since) || Number.isNaN(until) || cursor === undefined) return undefined;
  return {
    since: clamp(since),
    until: clamp(until),
    fromRow: since === -Infinity ? 0 : slotOf(since),
    beforeRow: Math.min(clamp(cursor), clamp(slotOf(until) + maxAhead + 1)),
  };
}

const clamp = (value: number): number =>
  Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));

const cursorRow = (cursor: string): number | undefined =>
  /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
