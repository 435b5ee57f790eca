/** The SQL of the reading side, prepared on one open index file. */
import type { DatabaseSync } from 'node:sqlite';
import { openVocabulary, type Vocabulary } from './vocabulary.ts';
import { slotMs } from './row-order.ts';
import { readMailRow, type MailRow } from './mail-row.ts';

export interface Range {
  /** Time of receipt, ms since 1970: included, and not included. */
  readonly since: number;
  readonly until: number;
  /** Row numbers: included, and not included. Wide enough for the times. */
  readonly fromRow: number;
  readonly beforeRow: number;
}

export interface Queries {
  /** Newest first, by row number. */
  find(match: string, range: Range, limit: number): MailRow[];
  count(match: string, range: Range, limit: number): number;
  /** Reason and checks (separated by spaces) of the newest hits. */
  outcomes(
    match: string,
    range: Range,
    limit: number,
  ): readonly { readonly reason: string; readonly checks: string }[];
  readonly vocabulary: Vocabulary;
  checkpoint(): string | undefined;
  maxAhead(): number;
  close(): void;
}

/** CROSS JOIN keeps the order of the tables: walk the index downwards, look each row up. */
const matching = `
  search CROSS JOIN mails ON mails.row = search.rowid
  WHERE search MATCH :match AND search.rowid >= :fromRow AND search.rowid < :beforeRow
    AND mails.row * ${slotMs} + mails.rest_ms >= :since AND mails.row * ${slotMs} + mails.rest_ms < :until`;

export function createQueries(database: DatabaseSync): Queries {
  const vocabulary = openVocabulary(database);
  const find = database.prepare(`
    SELECT hit.*, account_id, domain_id
    FROM (SELECT mails.* FROM ${matching} ORDER BY search.rowid DESC LIMIT :limit) AS hit
    CROSS JOIN tenants ON tenants.id = hit.tenant
    ORDER BY hit.row DESC`);
  const count = database.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${matching} LIMIT :limit)`);
  const outcomes = database.prepare(
    `SELECT reason, checks FROM ${matching} ORDER BY search.rowid DESC LIMIT :limit`,
  );
  const meta = database.prepare('SELECT value FROM meta WHERE key = ?');

  return {
    find: (match, range, limit) => find.all({ match, ...range, limit }).map(readMailRow),
    count: (match, range, limit) => Number(count.get({ match, ...range, limit })?.['n']),
    outcomes: (match, range, limit) =>
      outcomes.all({ match, ...range, limit }).map((row) => ({
        reason: String(row['reason']),
        checks: String(row['checks']),
      })),
    vocabulary,
    checkpoint() {
      const value = meta.get('checkpoint')?.['value'];
      return value === undefined ? undefined : String(value);
    },
    maxAhead: () => Number(meta.get('max-ahead')?.['value'] ?? 0),
    close: () => database.close(),
  };
}
