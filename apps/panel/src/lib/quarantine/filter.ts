/** What the quarantine is narrowed to: read from the address of the page, written into it, and asked of the api. */
import { dayAndMonth, isoDay, startOfDay } from '#lib/clock.ts';
import { periodNames, periodOf } from '#lib/home/period.ts';
import type { Inputs } from '#lib/outputs.ts';

const names = [
  'q',
  'reason',
  'check',
  'domain',
  'sender',
  'recipient',
  'period',
  'from',
  'to',
  'since',
  'until',
] as const;

export type FilterName = (typeof names)[number];

/** Every value as it stands in the address; '' is any. */
export type Filter = Readonly<Record<FilterName, string>>;

export type Query = Omit<NonNullable<Inputs['quarantine']['search']>, 'limit' | 'cursor' | 'after'>;

/** Of these, one way to say a time rules out the others. */
const times: readonly FilterName[] = ['period', 'from', 'to', 'since', 'until'];

const maxLength: Partial<Record<FilterName, number>> = { q: 500, reason: 64, check: 64, domain: 253 };
const longest = 320;

const isPeriod = (text: string): boolean => periodNames.some(({ name }) => name === text);
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && isTime(`${text}T12:00:00Z`);
const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));

const isValid: Partial<Record<FilterName, (text: string) => boolean>> = {
  period: isPeriod,
  from: isDay,
  to: isDay,
  since: isTime,
  until: isTime,
};

/** What makes no sense in an address is left out of it. */
export function readFilter(parameters: URLSearchParams): Filter {
  const read = (name: FilterName): string => {
    const text = (parameters.get(name) ?? '').trim().slice(0, maxLength[name] ?? longest);
    return isValid[name]?.(text) === false ? '' : text;
  };
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Filter;
}

export function hrefOf(filter: Filter): string {
  const given = names.filter((name) => filter[name] !== '').map((name) => [name, filter[name]]);
  return given.length === 0 ? '/quarantine' : `/quarantine?${new URLSearchParams(given)}`;
}

/** The filter with some of it said anew. */
export function narrowed(filter: Filter, change: Partial<Filter>): Filter {
  const isAboutTime = times.some((name) => name in change);
  const before = isAboutTime ? { ...filter, ...Object.fromEntries(times.map((name) => [name, ''])) } : filter;
  return { ...before, ...change };
}

export const nothing: Filter = readFilter(new URLSearchParams());

export const isNarrowed = (filter: Filter): boolean => names.some((name) => filter[name] !== '');

/** Those that are not the words searched for. */
export const hasFilters = (filter: Filter): boolean => isNarrowed({ ...filter, q: '' });

/** Fields of a form that changes some of the filter and keeps the rest. */
export const keptBeside = (filter: Filter, changed: readonly FilterName[]): readonly [FilterName, string][] =>
  names.flatMap((name) =>
    filter[name] === '' || changed.includes(name) ? [] : [[name, filter[name]] as [FilterName, string]],
  );

/** What the api is asked; times are by the calendar of the viewer. */
export function queryOf(filter: Filter, now: Date, zone: string): Query {
  const { reason, check, domain, sender, recipient } = filter;
  const given = { text: asTyped(filter.q), reason, check, domain, sender, recipient };
  const asked = { ...given, ...rangeOf(filter, now, zone) };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
}

/** Somebody is typing the last word still: it may go on. A word in quotes is whole. */
export function asTyped(text: string): string {
  const isInQuotes = (text.match(/["“”„«»]/gu)?.length ?? 0) % 2 === 1;
  return !isInQuotes && /[\p{L}\p{N}]$/u.test(text) ? `${text}*` : text;
}

const dayMs = 86_400_000;

function rangeOf({ period, from, to, since, until }: Filter, now: Date, zone: string) {
  const name = periodNames.find((one) => one.name === period)?.name;
  if (name !== undefined) return { since: periodOf(name, now, zone).since };
  if (from !== '' || to !== '') {
    return {
      since: from === '' ? '' : startOf(from, zone).toISOString(),
      until:
        to === '' ? '' : startOfDay(new Date(startOf(to, zone).getTime() + dayMs * 1.5), zone).toISOString(),
    };
  }
  return {
    since: since === '' ? '' : new Date(since).toISOString(),
    until: until === '' ? '' : new Date(until).toISOString(),
  };
}

/** When a day began in the zone. */
function startOf(day: string, zone: string): Date {
  const noon = new Date(`${day}T12:00:00Z`);
  // Twelve hours and more east of Greenwich the next day has begun by then.
  return startOfDay(isoDay(noon, zone) === day ? noon : new Date(`${day}T00:00:00Z`), zone);
}

const periodWords: Readonly<Record<string, string>> = {
  today: 'Today',
  week: 'Last 7 days',
  month: 'Last 30 days',
};

/** The time in words: “Last 7 days”, “1 Nov – 5 Nov”, “since 1 Nov”; undefined: any. */
export function timeWords(filter: Filter, zone: string): string | undefined {
  const { period, from, to, since, until } = filter;
  if (period !== '') return periodWords[period];
  const first = from === '' ? since : `${from}T12:00:00Z`;
  const last = to === '' ? until : `${to}T12:00:00Z`;
  // Days are named as they were chosen, moments by the calendar of the viewer.
  const name = (at: string, isChosen: boolean): string => dayAndMonth(new Date(at), isChosen ? 'UTC' : zone);
  const start = first === '' ? '' : name(first, from !== '');
  const end = last === '' ? '' : name(last, to !== '');
  if (start === '') return end === '' ? undefined : `until ${end}`;
  if (end === '') return `since ${start}`;
  return start === end ? start : `${start} – ${end}`;
}
