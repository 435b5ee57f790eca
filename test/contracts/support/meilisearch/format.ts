/** Fields of a hit, cropped and marked as Meilisearch does it (docs: attributesToCrop, attributesToHighlight). */
import type { Stored } from './filter.ts';
import { type Match, matchesOf, parseQuery, type QuerySettings, type Term } from './query.ts';
import type { SearchBody } from './search.ts';
import { piecesOf, tokensOf } from './tokens.ts';

export function present(document: Stored, body: SearchBody, settings: QuerySettings): object {
  const retrieved = body.attributesToRetrieve ?? Object.keys(document);
  const hit = Object.fromEntries(retrieved.map((name) => [name, document[name]]));
  const { attributesToCrop: crop = [], attributesToHighlight: highlight = [] } = body;
  if (crop.length === 0 && highlight.length === 0) return hit;
  const terms = parseQuery(body.q ?? '', settings).filter((one) => !one.isExcluded);
  const formatted = [...new Set([...retrieved, ...crop, ...highlight])].map((name) => {
    const options = { crops: crop.includes(name), marks: highlight.includes(name), body, settings, terms };
    return [name, formatAny(document[name], options)];
  });
  return { ...hit, _formatted: Object.fromEntries(formatted) };
}

interface Options {
  readonly crops: boolean;
  readonly marks: boolean;
  readonly body: SearchBody;
  readonly settings: QuerySettings;
  readonly terms: readonly Term[];
}

/** Numbers become texts there. */
function formatAny(value: unknown, options: Options): unknown {
  if (Array.isArray(value)) return value.map((one) => formatAny(one, options));
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? formatText(value, options) : value;
}

function formatText(text: string, { crops, marks, body, settings, terms }: Options): string {
  const tokens = tokensOf(text, settings);
  const matches = terms
    .flatMap((term) => matchesOf(text, tokens, term, settings))
    .toSorted((left, right) => left.start - right.start || right.end - left.end);
  const [start, end] = crops ? cropOf(text, matches, body.cropLength ?? 10, settings) : [0, text.length];
  const { highlightPreTag: pre = '<em>', highlightPostTag: post = '</em>', cropMarker = '…' } = body;
  let result = start > 0 ? cropMarker : '';
  let at = start;
  for (const match of marks ? matches : []) {
    if (match.start < at || match.end > end) continue;
    result += text.slice(at, match.start) + pre + text.slice(match.start, match.marked) + post;
    at = match.marked;
  }
  return result + text.slice(at, end) + (end < text.length ? cropMarker : '');
}

/** So many words, the first match a few of them behind the beginning; separators at the edges are left away. */
function cropOf(
  text: string,
  matches: readonly Match[],
  length: number,
  settings: QuerySettings,
): [number, number] {
  const words = [...piecesOf(text, settings)].filter(({ kind }) => kind === 'word');
  const [match] = matches;
  const matched = match === undefined ? 0 : words.findIndex(({ end }) => end > match.start);
  const first = Math.max(0, Math.min(matched - 5, words.length - length));
  const shown = words.slice(first, first + length);
  const isAtEnd = first + length >= words.length;
  return [first === 0 ? 0 : shown[0]!.start, isAtEnd ? text.length : shown.at(-1)!.end];
}
