/** Mails of the quarantine as the list has them, and how lists of them are put together. */
import type { Outputs } from '#lib/outputs.ts';

export type Page = Outputs['quarantine']['search'];
export type Hit = Page['items'][number];
export type Delivery = Hit['delivery'];
export type Facets = Outputs['quarantine']['facets'];
export type Count = Outputs['quarantine']['count'];

/** New mails as they are told. */
export interface Arrival {
  readonly data: { readonly items: readonly Hit[]; readonly more?: true };
}

/** Both, each mail once (as the second has it), newest first. */
export function merged<T extends Pick<Hit, 'id' | 'receivedAt'>>(
  first: readonly T[],
  second: readonly T[],
): T[] {
  const byId = new Map([...first, ...second].map((hit) => [hit.id, hit]));
  return [...byId.values()].toSorted(newestFirst);
}

const newestFirst = (a: Pick<Hit, 'receivedAt'>, b: Pick<Hit, 'receivedAt'>): number =>
  Date.parse(b.receivedAt) - Date.parse(a.receivedAt);

/** Somebody may still order it: nothing is under way, and nothing has arrived. */
export const isReleasable = (delivery: Delivery): boolean => delivery === 'none' || delivery === 'bounced';

/** Who wrote it, as the mail says: a name, and the address behind it. */
export interface Author {
  readonly name: string;
  readonly address: string;
}

/** Of the From header; of the envelope where there is none. */
export function authorOf({ from, sender }: Pick<Hit, 'from' | 'sender'>): Author {
  const { name = '', address = '' } =
    /^\s*(?<name>.*?)\s*<(?<address>[^<>]*)>\s*$/su.exec(from)?.groups ?? {};
  const unquoted = name
    .replace(/^"(.*)"$/su, '$1')
    .replaceAll(/\\(["\\])/g, '$1')
    .trim();
  if (unquoted !== '') return { name: unquoted, address: address === '' ? sender : address };
  return { name: '', address: address || from.trim() || sender };
}
