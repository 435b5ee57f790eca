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
import { countFacets } from './facets.ts';
import { nearOf } from './forgiving.ts';
import { compileMatch, type Near } from './match.ts';
import { createQueries, type Queries, type Range } from './queries.ts';
import { isForgivingCursor, rangeOf, writeCursor } from './range.ts';
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

  /** undefined: nothing can be found. */
  const prepare = (scope: TenantScope, query: QuarantineQuery): Asked | undefined => {
    const queries = open();
    const continuations = queries?.vocabulary.continuations ?? (() => undefined);
    const match = compileMatch(scope, query, { continuations });
    const range = queries && rangeOf(query, queries.maxAhead());
    if (queries === undefined || match === undefined || range === undefined) return undefined;
    const forgive = (): Forgiven | undefined => {
      const near = nearOf(queries.vocabulary, query);
      const forgiving = near && compileMatch(scope, query, { near, continuations });
      return forgiving === undefined ? undefined : { match: forgiving, near };
    };
    if (!isForgivingCursor(query.cursor)) return { queries, range, match, near: undefined, forgive };
    return { queries, range, ...(forgive() ?? { match, near: undefined }), forgive };
  };

  /** Without a hit, whatever was asked for may have been mistyped; what is behind a cursor has simply come to its end. */
  const prepareForSome = (scope: TenantScope, query: QuarantineQuery): Asked | undefined => {
    const asked = prepare(scope, query);
    if (asked === undefined || query.cursor !== undefined) return asked;
    const { queries, match, range, forgive } = asked;
    return queries.count(match, range, 1) > 0 ? asked : { ...asked, ...forgive() };
  };

  return {
    async search(scope, query) {
      const asked = prepare(scope, query);
      if (asked === undefined) return { items: [] };
      const limit = Math.min(maxLimit, Math.max(1, Math.floor(query.limit ?? defaultLimit)));
      const find = ({ match, near }: Forgiven): Answer => ({
        rows: asked.queries.find(match, asked.range, limit + 1),
        limit,
        near,
      });
      const answer = find(asked);
      const isOver = answer.rows.length > 0 || query.cursor !== undefined;
      const forgiven = isOver ? undefined : asked.forgive();
      return toPage(scope, query, forgiven === undefined ? answer : find(forgiven));
    },
    async count(scope, query, limit) {
      const asked = prepareForSome(scope, query);
      if (asked === undefined) return 0;
      return asked.queries.count(asked.match, asked.range, Math.max(0, Math.floor(limit)));
    },
    async facets(scope, { cursor: _, ...query }) {
      const asked = prepareForSome(scope, query);
      if (asked === undefined) return { reasons: [], checks: [], isComplete: true };
      return countFacets(asked.queries, asked.match, asked.range);
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

interface Forgiven {
  readonly match: string;
  /** Terms that do as well as those that were typed; undefined: none were looked for. */
  readonly near: Near | undefined;
}

interface Asked extends Forgiven {
  readonly queries: Queries;
  readonly range: Range;
  readonly forgive: () => Forgiven | undefined;
}

interface Answer {
  readonly rows: readonly MailRow[];
  readonly limit: number;
  readonly near: Near | undefined;
}

function toPage(scope: TenantScope, query: QuarantineQuery, { rows, limit, near }: Answer): QuarantinePage {
  const shown = rows.slice(0, limit);
  const { required } = parseTextQuery(query.text ?? '');
  const terms = near === undefined ? required : required.flatMap((term) => [term, ...near(term)]);
  const fields = query.fields ?? 'all';
  const items = shown
    .toSorted((left, right) => right.received - left.received || right.row - left.row)
    .map((row) => toHit(row, terms.length > 0 ? excerptOf(row.texts(fields), terms) : ''));
  if (!items.every((hit) => isVisible(scope, hit))) throw new Error('a hit lies outside of the tenant scope');
  const last = shown.at(-1);
  return rows.length > limit && last ? { items, next: writeCursor(last.row, near !== undefined) } : { items };
}
