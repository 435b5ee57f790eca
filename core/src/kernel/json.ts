/** JSON as a type, and its one canonical form, over which hashes are taken. */

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/**
 * JSON with the keys of every object in code-unit order and no white space, so that equal values have equal bytes
 * (the object rules of RFC 8785; our numbers are integers or short decimals, which JSON.stringify already writes that way).
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
