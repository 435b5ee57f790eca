/** Many rows in one statement: a table of its columns, each of which goes as a single parameter through `unnest`. */
import { type RawBuilder, sql } from 'kysely';

type Value = string | number | boolean | null;
type PlainType = 'uuid' | 'text' | 'timestamptz' | 'bigint' | 'integer' | 'double precision' | 'boolean';

/** Name, type, and the value of a row. Of JSON, undefined is null. */
type Column<TRow> =
  | readonly [name: string, type: PlainType, of: (row: TRow) => Value]
  | readonly [name: string, type: 'jsonb', of: (row: TRow) => unknown];

export type Columns<TRow> = readonly Column<TRow>[];

/** Their names, for `insert into t (…)`. */
export const names = (columns: Columns<never>): RawBuilder<unknown> =>
  sql.join(columns.map(([name]) => sql.id(name)));

/** The rows as a relation: `unnest(…) as new (…)`. */
export const rowsOf = <TRow>(columns: Columns<TRow>, rows: readonly TRow[]): RawBuilder<unknown> =>
  sql`unnest(${sql.join(columns.map((column) => parameter(column, rows)))}) as new (${names(columns)})`;

const parameter = <TRow>(column: Column<TRow>, rows: readonly TRow[]): RawBuilder<unknown> =>
  sql`${arrayLiteral(column, rows)}::${sql.raw(column[1])}[]`;

/** An array as PostgreSQL reads it (its manual, 8.15.2), in a third of the time that the driver takes for it. */
function arrayLiteral<TRow>(column: Column<TRow>, rows: readonly TRow[]): string {
  const elements: string[] = [];
  if (column[1] === 'jsonb') for (const row of rows) elements.push(jsonElement(column[2](row)));
  else for (const row of rows) elements.push(element(column[2](row), column[1] === 'text'));
  return `{${elements.join(',')}}`;
}

function element(value: Value, isText: boolean): string {
  if (value === null) return 'NULL';
  return isText ? quoted(String(value)) : String(value);
}

const jsonElement = (value: unknown): string => (value === undefined ? 'NULL' : quoted(jsonText(value)));

/** What has to be escaped, and NUL, which no column can hold and which is taken out. */
const special = /["\\\0]/;

const quoted = (text: string): string =>
  special.test(text) ? `"${text.replaceAll('\0', '').replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;

/** Escapes that JSON.stringify writes for NUL and lone surrogates, which jsonb refuses. */
const refused = /\\u0000|\\ud[89a-f]/;

function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return refused.test(text) ? JSON.stringify(cleaned(value)) : text;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
  if (Array.isArray(value)) return value.map(cleaned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [String(cleaned(name)), cleaned(member)]),
  );
}
