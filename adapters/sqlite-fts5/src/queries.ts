/** The SQL of the reading side, prepared on one open index file. */
import type { DatabaseSync } from 'node:sqlite';
import type { Bucket } from './buckets.ts';
import { openVocabulary, type Vocabulary } from './vocabulary.ts';
import { slotMs } from './row-order.ts';
import { mailColumns, readMailRow, type MailRow } from './mail-row.ts';

export interface Range {
  /** Time of receipt, ms since 1970: included, and not included; undefined: whatever the row numbers say. */
  readonly times: { readonly since: number; readonly until: number } | undefined;
  /** Row numbers: included, and not included. Wide enough for the times. */
  readonly fromRow: number;
  readonly beforeRow: number;
}

export interface Outcome {
  readonly row: number;
  readonly reason: string;
  /** Separated by spaces. */
  readonly checks: string;
}

export interface Queries {
  /** Of these groups, or of all, the newest first. */
  buckets(groups: readonly number[] | undefined): readonly Bucket[];
  /** Newest first, by row number. */
  rows(match: string, range: Range, limit: number): readonly { readonly row: number }[];
  count(match: string, range: Range, limit: number): number;
  /** Of the newest hits. */
  outcomes(match: string, range: Range, limit: number): readonly Outcome[];
  /** What rows hold, in the same order. */
  mails(rows: readonly { readonly row: number }[]): readonly MailRow[];
  /** Accounts that have mails of a domain. */
  readonly ownersOf: (domainId: string) => readonly string[];
  readonly vocabulary: Vocabulary;
  checkpoint(): string | undefined;
  maxAhead(): number;
  /** All queries of it see the same state of the index. */
  atOnce<T>(work: () => T): T;
  close(): void;
}

/** CROSS JOIN keeps the order of the tables: walk the index downwards, look each row up. */
const joined = 'search CROSS JOIN mails ON mails.row = search.rowid';
const matching = 'search MATCH :match AND search.rowid >= :fromRow AND search.rowid < :beforeRow';
const inTime = `mails.row * ${slotMs} + mails.rest_ms >= :since AND mails.row * ${slotMs} + mails.rest_ms < :until`;

export function createQueries(database: DatabaseSync): Queries {
  const vocabulary = openVocabulary(database);
  const newest = 'ORDER BY search.rowid DESC LIMIT :limit';
  const rows = either(
    `SELECT search.rowid AS row FROM search WHERE ${matching} ${newest}`,
    `SELECT mails.row FROM ${joined} WHERE ${matching} AND ${inTime} ${newest}`,
  );
  const count = either(
    `SELECT count(*) AS n FROM (SELECT 1 FROM search WHERE ${matching} LIMIT :limit)`,
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${joined} WHERE ${matching} AND ${inTime} LIMIT :limit)`,
  );
  const outcome = `SELECT mails.row, reason, checks FROM ${joined} WHERE ${matching}`;
  const outcomes = either(`${outcome} ${newest}`, `${outcome} AND ${inTime} ${newest}`);
  const mails = database.prepare(`
    SELECT ${mailColumns} FROM json_each(?) AS wanted
    CROSS JOIN mails ON mails.row = wanted.value CROSS JOIN tenants ON tenants.id = mails.tenant`);
  mails.setReturnArrays(true);
  const buckets = database.prepare('SELECT id, max_row FROM buckets ORDER BY max_row DESC');
  const bucketsOfGroup = database.prepare(
    'SELECT id, max_row FROM buckets WHERE grp = ? ORDER BY max_row DESC',
  );
  const owners = database.prepare('SELECT account_id FROM tenants WHERE domain_id = ?');
  const meta = database.prepare('SELECT value FROM meta WHERE key = ?');

  /** Without times no mail is looked at. */
  function either(untimed: string, timed: string) {
    const [without, within] = [database.prepare(untimed), database.prepare(timed)];
    return (match: string, { times, fromRow, beforeRow }: Range, limit: number) => {
      const asked = { match, fromRow, beforeRow, limit };
      return times === undefined ? without.all(asked) : within.all({ ...asked, ...times });
    };
  }

  return {
    buckets(groups) {
      const found =
        groups === undefined ? buckets.all() : groups.flatMap((group) => bucketsOfGroup.all(group));
      const all = found.map((bucket) => ({ id: Number(bucket['id']), maxRow: Number(bucket['max_row']) }));
      return groups?.length === 1 ? all : all.toSorted((left, right) => right.maxRow - left.maxRow);
    },
    rows: (match, range, limit) => rows(match, range, limit).map((found) => ({ row: Number(found['row']) })),
    count: (match, range, limit) => Number(count(match, range, limit)[0]?.['n']),
    outcomes: (match, range, limit) =>
      outcomes(match, range, limit).map((found) => ({
        row: Number(found['row']),
        reason: String(found['reason']),
        checks: String(found['checks']),
      })),
    mails: (wanted) =>
      mails
        .all(JSON.stringify(wanted.map(({ row }) => row)))
        .map((values) => readMailRow(Object.values(values))),
    ownersOf: (domainId) => owners.all(domainId).map((owner) => String(owner['account_id'])),
    vocabulary,
    checkpoint() {
      const value = meta.get('checkpoint')?.['value'];
      return value === undefined ? undefined : String(value);
    },
    maxAhead: () => Number(meta.get('max-ahead')?.['value'] ?? 0),
    atOnce(work) {
      database.exec('BEGIN');
      try {
        return work();
      } finally {
        database.exec('COMMIT');
      }
    },
    close: () => database.close(),
  };
}
