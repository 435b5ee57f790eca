/** The reading side: every question is asked within a scope, newest first, and its answer is looked over once more. */
import { isVisible, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type {
  FacetCount,
  QuarantineIndex,
  QuarantinePage,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import type { SearchParams } from 'meilisearch';
import { readCursor, writeCursor } from './cursor.ts';
import type { StoredMail } from './document.ts';
import { cropLength, excerptFields, markEnd, markStart, toExcerpt } from './excerpt.ts';
import { SearchUnavailable } from './errors.ts';
import { compileFilter } from './filter.ts';
import { asksTooMuch, canForgive, compileText, hasPhrase, hasRequired } from './query-text.ts';
import type { Server } from './server.ts';
import { headerFields, maxCount, newestFirst } from './settings.ts';
import { readState } from './state.ts';

const defaultLimit = 50;
const maxLimit = 200;

type Shown = Pick<StoredMail, 'hit' | 'received' | 'tie'>;
type Found = Shown & { readonly _formatted?: Readonly<Record<string, unknown>> };

interface Question {
  readonly query: QuarantineQuery;
  readonly filter: string;
  readonly isForgiving: boolean;
}

/** undefined: nothing can be found. */
const filterOf = (scope: TenantScope, query: QuarantineQuery): string | undefined =>
  asksTooMuch(query.text ?? '') ? undefined : compileFilter(scope, query);

/** Sorted? Where Meilisearch ran out of time (`searchCutoffMs`) the rest comes in any order, and it does not say so. */
const isNewestFirst = (found: readonly Found[]): boolean =>
  found.every((one, at) => {
    const next = found[at + 1];
    if (next === undefined || one.received > next.received) return true;
    return one.received === next.received && one.tie >= next.tie;
  });

/**
 * Of a phrase Meilisearch looks for the words in the fields that are named, but for their being neighbours in all fields
 * (seen in its source, compute_phrase_docids): within headers each word has to be there, and may be apart there.
 */
export function createReader(server: Server, uid: string): QuarantineIndex {
  const ask = ({ query, filter, isForgiving }: Question, params: SearchParams) =>
    server.askFor(
      (client) =>
        client.index<StoredMail>(uid).search<Shown>(compileText(query.text ?? '', { isForgiving }), {
          ...params,
          ...(query.fields === 'headers' && { attributesToSearchOn: headerFields }),
          filter,
          matchingStrategy: 'all',
        }),
      'index_not_found',
    );

  return {
    async search(scope, query) {
      const filter = filterOf(scope, query);
      if (filter === undefined) return { items: [] };
      const limit = Math.min(maxLimit, Math.max(1, Math.floor(query.limit ?? defaultLimit)));
      const params = { ...listing(query), limit: limit + 1 };
      const find = async (isForgiving: boolean): Promise<readonly Found[]> => {
        const hits = (await ask({ query, filter, isForgiving }, params))?.hits ?? [];
        if (!isNewestFirst(hits))
          throw new SearchUnavailable('Meilisearch had no time to sort what it found');
        return hits;
      };
      const asked = query.cursor === undefined ? undefined : readCursor(query.cursor);
      let isForgiving = asked?.isForgiving ?? false;
      let found = await find(isForgiving);
      if (found.length === 0 && asked === undefined && canForgive(query.text ?? '')) {
        isForgiving = true;
        found = await find(isForgiving);
      }
      return toPage(scope, query, { found, limit, isForgiving });
    },
    async count(scope, query, limit) {
      const filter = filterOf(scope, query);
      if (filter === undefined) return 0;
      const most = Math.min(maxCount, Math.max(0, Math.floor(limit)));
      const count = async (isForgiving: boolean): Promise<number> => {
        const counted = await ask(
          { query, filter, isForgiving },
          { hitsPerPage: 1, page: 1, attributesToRetrieve: ['id'] },
        );
        return counted !== undefined && 'totalHits' in counted ? Number(counted.totalHits) : 0;
      };
      const exact = await count(readCursor(query.cursor ?? '')?.isForgiving ?? false);
      const found = exact === 0 && canForgive(query.text ?? '') ? await count(true) : exact;
      return Math.min(most, found);
    },
    async facets(scope, { cursor: _, ...query }) {
      const filter = filterOf(scope, query);
      if (filter === undefined) return { reasons: [], checks: [], isComplete: true };
      const params: SearchParams = { limit: 1, attributesToRetrieve: ['id'], facets: ['reason', 'checks'] };
      const count = async (isForgiving: boolean) => {
        const counted = await ask({ query, filter, isForgiving }, params);
        return { isEmpty: (counted?.hits.length ?? 0) === 0, counts: counted?.facetDistribution ?? {} };
      };
      const exact = await count(false);
      const found = exact.isEmpty && canForgive(query.text ?? '') ? await count(true) : exact;
      const { reason, checks } = found.counts;
      return { reasons: byCount(reason), checks: byCount(checks), isComplete: true };
    },
    checkpoint: async () => (await readState(server, uid))?.checkpoint,
    close: async () => undefined,
  };
}

const byCount = (counts: Readonly<Record<string, number>> = {}): readonly FacetCount[] =>
  Object.entries(counts)
    .map(([value, count]) => ({ value, count }))
    .toSorted((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1));

/** What a list shows; the excerpt where something was searched for. */
function listing({ text = '', fields = 'all' }: QuarantineQuery): SearchParams {
  const shown: SearchParams = { attributesToRetrieve: ['hit', 'received', 'tie'], sort: newestFirst };
  if (!hasRequired(text)) return shown;
  return {
    ...shown,
    attributesToHighlight: [...excerptFields[fields]],
    attributesToCrop: [...excerptFields[fields]],
    cropLength,
    cropMarker: '…',
    highlightPreTag: markStart,
    highlightPostTag: markEnd,
  };
}

interface Answer {
  readonly found: readonly Found[];
  readonly limit: number;
  readonly isForgiving: boolean;
}

function toPage(
  scope: TenantScope,
  { text = '' }: QuarantineQuery,
  { found, limit, isForgiving }: Answer,
): QuarantinePage {
  const shown = found.slice(0, limit);
  const isJoined = hasPhrase(text);
  const items = shown.map(({ hit, _formatted: formatted }) => ({
    ...hit,
    excerpt: formatted === undefined || !hasRequired(text) ? '' : toExcerpt(formatted, isJoined),
  }));
  if (!items.every((hit) => isVisible(scope, hit))) throw new Error('a hit lies outside of the tenant scope');
  const last = shown.at(-1);
  return found.length > limit && last !== undefined
    ? { items, next: writeCursor({ received: last.received, tie: last.tie, isForgiving }) }
    : { items };
}
