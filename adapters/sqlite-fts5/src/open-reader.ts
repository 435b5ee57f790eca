/** The reading side: asks whichever index file is the current one, and moves over when another one becomes it. */
import { isVisible, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { parseTextQuery } from '@sluice/core/kernel/text-query.ts';
import type {
  QuarantineIndex,
  QuarantinePage,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import { type Asked, askIndex } from './asked.ts';
import type { CurrentIndex } from './current-index.ts';
import { excerptsOf } from './excerpts.ts';
import type { MailRow } from './mail-row.ts';
import { countFacets } from './facets.ts';
import type { Near } from './match.ts';
import { createQueries, type Queries } from './queries.ts';
import { writeCursor } from './range.ts';
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

  /** `answer` is given what is asked, and an index that stays as it is meanwhile; undefined where nothing can be found. */
  const ask = <T>(
    scope: TenantScope,
    query: QuarantineQuery,
    answer: (asked: Asked | undefined, queries: Queries | undefined) => T,
  ): T => {
    const queries = open();
    if (queries === undefined) return answer(undefined, undefined);
    return queries.atOnce(() => answer(askIndex(queries, scope, query), queries));
  };

  return {
    async search(scope, query) {
      return ask(scope, query, (asked, queries) => {
        if (asked === undefined || queries === undefined) return { items: [] };
        const limit = Math.min(maxLimit, Math.max(1, Math.floor(query.limit ?? defaultLimit)));
        const { rows, near } = findRows(asked, query, limit + 1);
        const shown = queries
          .mails(rows.slice(0, limit))
          .toSorted((left, right) => right.received - left.received || right.row - left.row);
        const last = rows.length > limit ? rows[limit - 1] : undefined;
        return toPage(scope, query, { shown, last: last?.row, near });
      });
    },
    async count(scope, query, limit) {
      const most = Math.max(0, Math.floor(limit));
      return ask(scope, query, (asked) => {
        const found = asked?.count(most) ?? 0;
        return found === 0 && query.cursor === undefined ? (asked?.forgive()?.count(most) ?? 0) : found;
      });
    },
    async facets(scope, { cursor: _, ...query }) {
      return ask(scope, query, (asked) => {
        const some = asked && asked.count(1) === 0 ? (asked.forgive() ?? asked) : asked;
        return some === undefined ? { reasons: [], checks: [], isComplete: true } : countFacets(some);
      });
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

/** Without a hit, whatever was asked for may have been mistyped; what is behind a cursor has simply come to its end. */
function findRows(
  asked: Asked,
  { cursor }: QuarantineQuery,
  limit: number,
): { readonly rows: ReturnType<Asked['rows']>; readonly near: Near | undefined } {
  const rows = asked.rows(limit);
  const forgiving = rows.length > 0 || cursor !== undefined ? undefined : asked.forgive();
  return forgiving === undefined
    ? { rows, near: asked.near }
    : { rows: forgiving.rows(limit), near: forgiving.near };
}

interface Answer {
  readonly shown: readonly MailRow[];
  /** Row number behind which there is more. */
  readonly last: number | undefined;
  readonly near: Near | undefined;
}

function toPage(scope: TenantScope, query: QuarantineQuery, { shown, last, near }: Answer): QuarantinePage {
  const { required } = parseTextQuery(query.text ?? '');
  const terms = near === undefined ? required : required.flatMap((term) => [term, ...near(term)]);
  const excerpts = terms.length > 0 ? excerptsOf(shown, terms, query.fields ?? 'all') : [];
  const items = shown.map(({ mail }, place) => ({ ...mail, excerpt: excerpts[place] ?? '' }));
  if (!items.every((hit) => isVisible(scope, hit))) throw new Error('a hit lies outside of the tenant scope');
  return last === undefined ? { items } : { items, next: writeCursor(last, near !== undefined) };
}
