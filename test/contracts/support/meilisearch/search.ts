/** The search route: filter, query, order, pages, counts, and fields cropped and marked. */
import { parseFilter, type Stored, valuesOf } from './filter.ts';
import { answers, matchesOf, parseQuery } from './query.ts';

export interface Settings {
  readonly searchableAttributes?: readonly string[];
  readonly filterableAttributes?: readonly string[];
  readonly sortableAttributes?: readonly string[];
  readonly pagination?: { readonly maxTotalHits: number };
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
  readonly cropLength?: number;
  readonly cropMarker?: string;
  readonly highlightPreTag?: string;
  readonly highlightPostTag?: string;
}

export function search(documents: readonly Stored[], settings: Settings, body: SearchBody): object {
  if (body.matchingStrategy !== 'all')
    throw new SyntaxError('only the matching strategy `all` is known here');
  const test =
    body.filter === undefined ? () => true : parseFilter(body.filter, settings.filterableAttributes ?? []);
  const terms = parseQuery(body.q ?? '');
  const fields = body.attributesToSearchOn ?? settings.searchableAttributes ?? [];
  const found = documents.filter((one) => test(one) && answers(one, terms, fields));
  const ordered = found.toSorted(compareBy(body.sort ?? [], settings.sortableAttributes ?? []));
  const most = settings.pagination?.maxTotalHits ?? 1000;
  const shown = ordered.slice(0, Math.min(most, body.hitsPerPage ?? body.limit ?? 20));
  const total = Math.min(most, found.length);
  return {
    hits: shown.map((one) => present(one, body)),
    query: body.q ?? '',
    processingTimeMs: 0,
    ...(body.hitsPerPage === undefined
      ? { limit: body.limit ?? 20, offset: 0, estimatedTotalHits: total }
      : { page: body.page ?? 1, hitsPerPage: body.hitsPerPage, totalHits: total, totalPages: total }),
    ...(body.facets && { facetDistribution: distribution(found, body.facets), facetStats: {} }),
  };
}

function compareBy(sort: readonly string[], sortable: readonly string[]) {
  const rules = sort.map((rule) => {
    const [field = '', direction] = rule.split(':');
    if (!sortable.includes(field)) throw new SyntaxError(`the attribute ${field} is not sortable`);
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

function distribution(documents: readonly Stored[], facets: readonly string[]): object {
  const counts: Record<string, Record<string, number>> = {};
  for (const facet of facets) {
    const ofFacet = (counts[facet] = {} as Record<string, number>);
    for (const one of documents) {
      for (const value of new Set(valuesOf(one[facet]))) ofFacet[value] = (ofFacet[value] ?? 0) + 1;
    }
  }
  return counts;
}

function present(document: Stored, body: SearchBody): object {
  const retrieved = body.attributesToRetrieve ?? Object.keys(document);
  const hit = Object.fromEntries(retrieved.map((name) => [name, document[name]]));
  const crop = body.attributesToCrop;
  if (crop === undefined) return hit;
  const formatted = crop.map((name) => {
    const value = document[name];
    const formatText = (text: string): string => cropAndMark(text, body);
    return [
      name,
      Array.isArray(value) ? value.map((one) => formatText(String(one))) : formatText(String(value)),
    ];
  });
  return { ...hit, _formatted: Object.fromEntries(formatted) };
}

/** Each word of a match is marked by itself; the crop begins a few words before the first one. */
function cropAndMark(text: string, body: SearchBody): string {
  const { highlightPreTag: pre = '<em>', highlightPostTag: post = '</em>', cropMarker = '…' } = body;
  const matched = parseQuery(body.q ?? '')
    .filter((one) => !one.isExcluded)
    .flatMap((one) => matchesOf(text, one));
  const words = [...text.matchAll(/[^\s@._-]+/gu)].map(({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
  }));
  const isMarked = (word: { start: number; end: number }): boolean =>
    matched.some(({ start, end }) => word.start < end && start < word.end);
  const from = Math.max(0, words.findIndex(isMarked) - 5);
  const shown = words.slice(from, from + (body.cropLength ?? 10));
  let result = from > 0 ? cropMarker : '';
  let at = shown[0]?.start ?? 0;
  if (from === 0) at = 0;
  for (const word of shown) {
    result += text.slice(at, word.start);
    result += isMarked(word)
      ? markWithin(text, word, { matched, pre, post })
      : text.slice(word.start, word.end);
    at = word.end;
  }
  return shown.length < words.length - from ? `${result}${cropMarker}` : result + text.slice(at);
}

interface Marks {
  readonly matched: readonly { readonly start: number; readonly end: number }[];
  readonly pre: string;
  readonly post: string;
}

/** Punctuation at a word is outside of its mark. */
function markWithin(
  text: string,
  word: { start: number; end: number },
  { matched, pre, post }: Marks,
): string {
  const match = matched.find(({ start, end }) => word.start < end && start < word.end)!;
  const start = Math.max(word.start, match.start);
  const end = Math.min(word.end, match.end);
  return text.slice(word.start, start) + pre + text.slice(start, end) + post + text.slice(end, word.end);
}
