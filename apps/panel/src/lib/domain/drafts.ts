/** What is typed into the form of a setting, from its value and back. */
import type { Json, Settings } from './domain.ts';
import type { SettingFault } from './fault.ts';
import type { Field } from './fields.ts';

/** Numbers, lines and JSON as the text that is typed. */
export type Draft = string | boolean | readonly string[] | readonly DraftRow[] | DraftRow;
export interface DraftRow {
  readonly [name: string]: Draft;
}

export function toDraft(field: Field, value: Json | undefined): Draft {
  switch (field.kind) {
    case 'boolean':
      return value === true;
    case 'choice':
    case 'text':
    case 'number':
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    case 'choices':
      return textsOf(value);
    case 'lines':
      return textsOf(value).join('\n');
    case 'rows':
      return (Array.isArray(value) ? (value as readonly Json[]) : []).map((row) =>
        toDrafts(field.columns, membersOf(row)),
      );
    case 'group':
      return toDrafts(field.fields, membersOf(value));
    case 'json':
      return JSON.stringify(value, null, 2);
    default:
      return field satisfies never;
  }
}

export const toDrafts = (fields: readonly Field[], settings: Settings): DraftRow =>
  Object.fromEntries(fields.map((field) => [field.name, toDraft(field, settings[field.name])]));

export function fromDraft(field: Field, draft: Draft | undefined): Json {
  switch (field.kind) {
    case 'number':
      // What is no number goes on as it is, for the api to say so.
      return isNumber(draft) ? Number(draft) : textOf(draft);
    case 'lines':
      return linesOf(textOf(draft));
    case 'rows':
      return (draft as readonly DraftRow[]).map((row) => fromDrafts(field.columns, row));
    case 'group':
      return fromDrafts(field.fields, draft as DraftRow);
    case 'json':
      return parsed(textOf(draft)) ?? null;
    default:
      return draft ?? null;
  }
}

export const fromDrafts = (fields: readonly Field[], drafts: DraftRow): Settings =>
  Object.fromEntries(fields.map((field) => [field.name, fromDraft(field, drafts[field.name])]));

/** One a line; also what somebody has pasted with commas between, since no pattern or name holds one. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What cannot even be sent; all else is for the api to judge. */
export function draftFault(fields: readonly Field[], drafts: DraftRow): SettingFault | undefined {
  for (const field of fields) {
    const found = faultIn(field, drafts[field.name]);
    if (found !== undefined) return { ...found, path: [field.name, ...found.path] };
  }
  return undefined;
}

function faultIn(field: Field, draft: Draft | undefined): SettingFault | undefined {
  if (field.kind === 'number' && !isNumber(draft)) return { path: [], sentence: 'Write a number.' };
  if (field.kind === 'group') return draftFault(field.fields, draft as DraftRow);
  if (field.kind === 'json' && parsed(textOf(draft)) === undefined) {
    return { path: [], sentence: 'This is no JSON.' };
  }
  if (field.kind !== 'rows') return undefined;
  for (const [at, row] of (draft as readonly DraftRow[]).entries()) {
    const found = draftFault(field.columns, row);
    if (found !== undefined) return { ...found, path: [String(at), ...found.path] };
  }
  return undefined;
}

const textOf = (draft: Draft | undefined): string => (typeof draft === 'string' ? draft : '');

const isNumber = (draft: Draft | undefined): boolean =>
  typeof draft === 'string' && draft.trim() !== '' && Number.isFinite(Number(draft));

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [];

const membersOf = (value: Json | undefined): Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
