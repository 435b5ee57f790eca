/** Which form a setting takes, read from its JSON schema. */
import type { Json } from './domain.ts';

export interface Choice {
  readonly value: string;
  /** Default: the value. */
  readonly text?: string;
  /** What choosing it means, where the description of the setting says so. */
  readonly about: string;
}

interface Named {
  readonly name: string;
  readonly label: string;
  readonly help: string;
}

export type Field = Named &
  (
    | { readonly kind: 'boolean' }
    | { readonly kind: 'text'; readonly maxLength: number | undefined }
    | {
        readonly kind: 'number';
        readonly min: number | undefined;
        readonly max: number | undefined;
        readonly isWhole: boolean;
        readonly unit: string;
      }
    | { readonly kind: 'choice' | 'choices'; readonly choices: readonly Choice[] }
    /** Texts, one a line. */
    | { readonly kind: 'lines' }
    | { readonly kind: 'rows'; readonly columns: readonly Field[]; readonly fresh: Json }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    /** Of a shape for which there is no form: as JSON. */
    | { readonly kind: 'json' }
  );

interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Of an object, in the order of its members. */
export const fieldsOf = (schema: unknown): readonly Field[] =>
  Object.entries((schema as Schema).properties ?? {}).map(([name, member]) => fieldOf(name, member));

function fieldOf(name: string, schema: Schema): Field {
  const { label, unit } = namedOf(name);
  const named = { name, label: schema.title ?? label, help: schema.description ?? '' };
  if (schema.enum !== undefined) return { ...withChoices(named, schema), kind: 'choice' };
  switch (schema.type) {
    case 'boolean':
      return { ...named, kind: 'boolean' };
    case 'string':
      return { ...named, kind: 'text', maxLength: schema.maxLength };
    case 'integer':
    case 'number':
      return {
        ...named,
        kind: 'number',
        min: schema.minimum,
        max: schema.maximum,
        isWhole: schema.type === 'integer',
        unit,
      };
    case 'array':
      return arrayField(named, schema.items ?? {});
    case 'object':
      return schema.properties === undefined
        ? { ...named, kind: 'json' }
        : { ...named, kind: 'group', fields: fieldsOf(schema) };
    default:
      return { ...named, kind: 'json' };
  }
}

function arrayField(named: Named, items: Schema): Field {
  if (items.enum !== undefined) return { ...withChoices(named, items), kind: 'choices' };
  if (items.type === 'string') return { ...named, kind: 'lines' };
  const columns = fieldsOf(items);
  return items.type === 'object' && columns.length > 0
    ? { ...named, kind: 'rows', columns, fresh: freshRow(items) }
    : { ...named, kind: 'json' };
}

const blanks: Readonly<Record<string, Json>> = { string: '', boolean: false, array: [], object: {} };

function freshRow({ properties = {} }: Schema): Json {
  const members = Object.entries(properties).map(([name, { default: given, enum: values, type = '' }]) => [
    name,
    given ?? values?.[0] ?? blanks[type] ?? null,
  ]);
  return Object.fromEntries(members) as Json;
}

const units = ['days', 'hours', 'minutes', 'seconds', 'bits', 'bytes', 'percent'];

/** `maxAgeDays` is “Max age”, in days. */
function namedOf(name: string): { readonly label: string; readonly unit: string } {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[\s_-]+/);
  const last = words.at(-1)?.toLowerCase() ?? '';
  const unit = words.length > 1 && units.includes(last) ? last : '';
  const rest = (unit === '' ? words : words.slice(0, -1)).map((word) =>
    word === word.toUpperCase() ? word : word.toLowerCase(),
  );
  const label = rest.join(' ');
  return { label: label.charAt(0).toUpperCase() + label.slice(1), unit };
}

/** “Words: one: this; two: that” says of each choice what it means; then that is no longer in the help. */
function withChoices(named: Named, schema: Schema): Named & { readonly choices: readonly Choice[] } {
  const values = (schema.enum ?? []).map(String);
  const marks = values
    .map((value) => ({ value, found: markOf(value).exec(named.help) }))
    .flatMap(({ value, found }) =>
      found === null ? [] : [{ value, from: found.index, to: found.index + found[0].length }],
    )
    .toSorted((a, b) => a.from - b.from);
  const abouts = new Map(
    marks.map(({ value, to }, at) => [value, tidy(named.help.slice(to, marks[at + 1]?.from))]),
  );
  const help = tidy(named.help.slice(0, marks[0]?.from));
  return { ...named, help, choices: values.map((value) => ({ value, about: abouts.get(value) ?? '' })) };
}

/** `value: ` at the beginning or after a colon or semicolon. */
const markOf = (value: string): RegExp =>
  new RegExp(String.raw`(?:^|(?<=[:;]\s))${value.replace(/[^\w]/g, String.raw`\$&`)}:\s`);

const tidy = (text: string): string => text.trim().replace(/[:;]$/, '');
