/** The search route: what it refuses, filter, query, order, pages and counts. */
import { parseFilter, type Stored, valuesOf } from './filter.ts';
import { present } from './format.ts';
import { answers, parseQuery, type QuerySettings } from './query.ts';

export interface Settings extends QuerySettings {
  readonly searchableAttributes?: readonly string[];
  readonly filterableAttributes?: readonly string[];
  readonly sortableAttributes?: readonly string[];
  readonly rankingRules?: readonly string[];
  readonly pagination?: { readonly maxTotalHits: number };
  readonly faceting?: { readonly maxValuesPerFacet: number };
}

export interface SearchBody {
  readonly q?: string;
  readonly filter?: string;
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly page?: number;
  readonly hitsPerPage?: number;
  readonly facets?: readonly string[];
  readonly matchingStrategy?: string;
  readonly attributesToSearchOn?: readonly string[];
  readonly attributesToRetrieve?: readonly string[];
  readonly attributesToCrop?: readonly string[];
  readonly attributesToHighlight?: readonly string[];
  readonly cropLength?: number;
  readonly cropMarker?: string;
  readonly highlightPreTag?: string;
  readonly highlightPostTag?: string;
}

/** A question that is refused with this code. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Asked {
  readonly body: SearchBody;
  /** The time for sorting is over before it began. */
  readonly isLate: boolean;
  /** Those that any document ever had. */
  readonly fields: ReadonlySet<string>;
}

export function search(
  documents: readonly Stored[],
  settings: Settings,
  { body, isLate, fields: known }: Asked,
): object {
  assertAllowed(body, settings, known);
  const filterable = settings.filterableAttributes ?? [];
  const test = body.filter === undefined ? () => true : parseFilter(body.filter, filterable);
  const terms = parseQuery(body.q ?? '', settings);
  const fields = body.attributesToSearchOn ?? settings.searchableAttributes ?? [];
  const found = documents.filter((one) => test(one) && answers(one, terms, { fields, settings }));
  const ordered = isLate ? found : found.toSorted(compareBy(body.sort ?? []));
  const most = settings.pagination?.maxTotalHits ?? 1000;
  const shown = ordered.slice(0, Math.min(most, body.hitsPerPage ?? body.limit ?? 20));
  const total = Math.min(most, found.length);
  return {
    hits: shown.map((one) => present(one, body, settings)),
    query: body.q ?? '',
    processingTimeMs: 0,
    ...(body.hitsPerPage === undefined
      ? { limit: body.limit ?? 20, offset: 0, estimatedTotalHits: total }
      : { page: body.page ?? 1, hitsPerPage: body.hitsPerPage, totalHits: total, totalPages: total }),
    ...(body.facets && { facetDistribution: distribution(found, body.facets, settings), facetStats: {} }),
  };
}

const bodyKeys = new Set(
  'q filter sort limit page hitsPerPage facets matchingStrategy attributesToSearchOn attributesToRetrieve attributesToCrop attributesToHighlight cropLength cropMarker highlightPreTag highlightPostTag'.split(
    ' ',
  ),
);

function assertAllowed(body: SearchBody, settings: Settings, known: ReadonlySet<string>): void {
  const demand = (isAllowed: boolean, code: string, message: string): void => {
    if (!isAllowed) throw new Refused(code, message);
  };
  for (const key of Object.keys(body)) demand(bodyKeys.has(key), 'bad_request', `Unknown field \`${key}\`.`);
  const { filterableAttributes = [], searchableAttributes = [], sortableAttributes = [] } = settings;
  for (const name of body.facets ?? [])
    demand(filterableAttributes.includes(name), 'invalid_search_facets', `${name} is not filterable.`);
  for (const name of body.attributesToSearchOn ?? [])
    demand(
      searchableAttributes.includes(name) && known.has(name),
      'invalid_search_attributes_to_search_on',
      `${name} is not searchable.`,
    );
  for (const rule of body.sort ?? []) {
    const isSortable =
      sortableAttributes.includes(rule.split(':')[0]!) && (settings.rankingRules?.includes('sort') ?? true);
    demand(isSortable, 'invalid_search_sort', `${rule} is not sortable.`);
  }
  demand(body.matchingStrategy === 'all', 'invalid_search_matching_strategy', 'Only `all` is known here.');
}

function compareBy(sort: readonly string[]) {
  const rules = sort.map((rule) => {
    const [field = '', direction] = rule.split(':');
    return { field, sign: direction === 'desc' ? -1 : 1 };
  });
  return (left: Stored, right: Stored): number => {
    for (const { field, sign } of rules) {
      const difference = Number(left[field]) - Number(right[field]);
      if (difference !== 0) return sign * difference;
    }
    return 0;
  };
}

/** Of too many values, some: the first ones of the alphabet or the most frequent, as `faceting` says. */
function distribution(documents: readonly Stored[], facets: readonly string[], settings: Settings): object {
  const most = settings.faceting?.maxValuesPerFacet ?? 100;
  return Object.fromEntries(
    facets.map((facet) => {
      const counts = new Map<string, number>();
      for (const one of documents) {
        for (const value of new Set(valuesOf(one[facet]))) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return [facet, Object.fromEntries([...counts].slice(0, most))];
    }),
  );
}
