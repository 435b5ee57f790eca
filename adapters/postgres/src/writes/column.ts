/** One column of many rows as a single parameter, for `unnest`. What no column can hold is taken out of texts. */
import { type RawBuilder, sql } from 'kysely';

type ColumnType = 'uuid' | 'text' | 'timestamptz' | 'bigint' | 'integer' | 'double precision' | 'boolean';
type Value = string | number | boolean | null;

export const column = (type: ColumnType, values: readonly Value[]): RawBuilder<unknown> =>
  sql`${type === 'text' ? values.map(withoutNul) : values}::${sql.raw(type)}[]`;

/** Undefined is null. */
export const jsonColumn = (values: readonly unknown[]): RawBuilder<unknown> =>
  sql`${values.map((value) => (value === undefined ? null : jsonText(value)))}::jsonb[]`;

const withoutNul = (value: Value): Value =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value;

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
