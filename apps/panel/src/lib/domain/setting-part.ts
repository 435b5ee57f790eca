/** What a setting's form is handed, and the words around it. */
import { type Draft, linesOf } from './drafts.ts';
import type { SettingFault } from './fault.ts';
import type { Field } from './fields.ts';

export interface SettingPart {
  readonly field: Field;
  readonly draft: Draft | undefined;
  readonly fault: SettingFault | undefined;
  /** What it would be under the preset, in a sentence; where it is like that: undefined. */
  readonly otherwise?: string | undefined;
  /** Why it may only be looked at; undefined: it may be changed. */
  readonly guard?: string | undefined;
  /** In a row of a table: without help, all in one line. */
  readonly inRow?: boolean;
  readonly onedit: (draft: Draft) => void;
}

const sentence = (words: string): string => (/[.?!]$/.test(words) ? words : `${words}.`);

export function helpOf({
  field,
  otherwise = '',
  guard = '',
  inRow = false,
}: SettingPart): string | undefined {
  if (inRow) return undefined;
  const about = field.help === '' ? '' : sentence(field.help);
  return [about, otherwise, guard].filter(Boolean).join(' ') || undefined;
}

/** With the line that is meant, where it is a list. */
export function faultWords({ field, draft, fault }: SettingPart): string | undefined {
  if (fault === undefined) return undefined;
  const [at] = fault.path;
  const isLine = field.kind === 'lines' && typeof draft === 'string' && at !== undefined;
  const line = isLine ? linesOf(draft)[Number(at)] : undefined;
  return line === undefined ? fault.sentence : `“${line}”: ${fault.sentence}`;
}
