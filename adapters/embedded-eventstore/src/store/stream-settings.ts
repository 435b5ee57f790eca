/** What a stream's metadata stream (`$$name`) says of it: which events are still read, who may do what, whether it is deleted. */
import type { DatabaseSync } from 'node:sqlite';

/** Roles for each operation: one name or several, as written by clients. */
export interface AccessList {
  readonly $r?: Roles;
  readonly $w?: Roles;
  readonly $d?: Roles;
  readonly $mr?: Roles;
  readonly $mw?: Roles;
}

export type Roles = string | readonly string[];

export interface StreamSettings {
  /** The metadata as written, for whoever changes a part of it. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly maxCount: number | undefined;
  readonly maxAgeMs: number | undefined;
  /** Revision of the first event that is still read. */
  readonly truncateBefore: number;
  readonly acl: AccessList | undefined;
  /** Whether the stream was deleted (not tombstoned) and not written since. */
  readonly isDeleted: boolean;
}

export interface StreamSettingsIndex {
  /** Undefined for a stream without metadata, which is nearly every one. */
  of(stream: string): StreamSettings | undefined;
  /** Whether the stream has a metadata stream. */
  has(stream: string): boolean;
  /** A stream was written: if it is a metadata stream, what is known of its stream is asked for again. */
  written(stream: string): void;
  /** Reads again which streams have metadata, after a transaction was rolled back. */
  reload(): void;
}

/** `$tb` of a deleted stream, 2^63-1, does not fit a number; neither does any revision beyond this. */
const deletedBefore = 9_223_372_036_854_775_807n;

const metastreamPrefix = '$$';
export const isMetastream = (stream: string): boolean => stream.startsWith(metastreamPrefix);
export const metastreamOf = (stream: string): string => `${metastreamPrefix}${stream}`;
export const originalStreamOf = (metastream: string): string => metastream.slice(metastreamPrefix.length);

/** Only the newest event of a metadata stream is ever read, as in EventStoreDB. */
const ofMetastreams: StreamSettings = {
  json: {},
  maxCount: 1,
  maxAgeMs: undefined,
  truncateBefore: 0,
  acl: undefined,
  isDeleted: false,
};

/** `readLast` answers the data of a stream's last event, if that is JSON. */
export function createStreamSettings(
  database: DatabaseSync,
  readLast: (stream: string) => Uint8Array | undefined,
): StreamSettingsIndex {
  // '%' follows '$': the range of all names that begin with '$$'.
  const selectMetastreams = database.prepare(`SELECT name FROM streams WHERE name >= '$$' AND name < '$%'`);
  const known = new Map<string, StreamSettings | 'unread' | 'none'>();

  const reload = (): void => {
    known.clear();
    for (const row of selectMetastreams.iterate()) known.set(originalStreamOf(String(row['name'])), 'unread');
  };
  reload();
  const read = (stream: string): StreamSettings | undefined => {
    const data = readLast(metastreamOf(stream));
    const settings = data && parseSettings(data);
    known.set(stream, settings ?? 'none');
    return settings;
  };

  return {
    of(stream) {
      if (isMetastream(stream)) return ofMetastreams;
      const settings = known.get(stream);
      if (settings === undefined || settings === 'none') return undefined;
      return settings === 'unread' ? read(stream) : settings;
    },
    has: (stream) => known.has(stream),
    written(stream) {
      if (isMetastream(stream)) known.set(originalStreamOf(stream), 'unread');
    },
    reload,
  };
}

/** Undefined for what is no JSON object; parts that cannot be are left out. */
export function parseSettings(data: Uint8Array): StreamSettings | undefined {
  const json = parseObject(data);
  if (json === undefined) return undefined;
  const truncateBefore = wholeNumber(json['$tb']) ?? 0;
  const maxAge = wholeNumber(json['$maxAge']);
  return {
    json,
    maxCount: wholeNumber(json['$maxCount']),
    maxAgeMs: maxAge === undefined ? undefined : maxAge * 1000,
    truncateBefore,
    acl: accessListOf(json['$acl']),
    isDeleted: truncateBefore > Number.MAX_SAFE_INTEGER,
  };
}

/** The object that these bytes are the JSON of. */
export function parseObject(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The part of a JSON value that is an access list. */
export function accessListOf(value: unknown): AccessList | undefined {
  if (!isObject(value)) return undefined;
  const entries = ['$r', '$w', '$d', '$mr', '$mw'].flatMap((key) => {
    const roles = rolesOf(value[key]);
    return roles === undefined ? [] : [[key, roles] as const];
  });
  return Object.fromEntries(entries);
}

function rolesOf(value: unknown): Roles | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter((role) => typeof role === 'string') : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wholeNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

/** The metadata of a deleted stream: what it was, and the end of everything before. */
export const deletedMetadata = (json: Readonly<Record<string, unknown>>): Buffer => {
  const { $tb: _, ...rest } = json;
  const others = JSON.stringify(rest).slice(1, -1);
  return Buffer.from(`{${others}${others === '' ? '' : ','}"$tb":${deletedBefore}}`);
};

/** The metadata of a stream that is written again: it begins at this revision. */
export const recreatedMetadata = (json: Readonly<Record<string, unknown>>, from: number): Buffer =>
  Buffer.from(JSON.stringify({ ...json, $tb: from }));
