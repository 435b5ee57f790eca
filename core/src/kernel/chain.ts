/** The chain of decisions of one edge in one domain: each carries a counter and the hash of its predecessor. */
import type { NewEvent } from './event.ts';
import { sha256Hex } from './hash.ts';
import { canonicalJson, type JsonObject } from './json.ts';

/** Place in the chain, part of the data of each `MailJudged`. */
export interface ChainLink extends JsonObject {
  /** Name of the chain: that of its edge, and `/` with a name of its own for one that the edge began anew (`chainName`). */
  readonly edge: string;
  /** From 1, without gaps. */
  readonly counter: number;
  /** Hash of the predecessor, 64 hex digits; `chainStart` for the first. */
  readonly previous: string;
}

/** What the next link builds on. */
export interface ChainHead {
  readonly counter: number;
  readonly hash: string;
}

/** The chains of an edge; `series` is 0 for the first one, and any other number for one that was begun anew. */
export const chainName = (edge: string, series: number): string =>
  series === 0 ? edge : `${edge}/${series.toString(36)}`;

/** Whether a chain of this name is for this edge to go on with; names of edges have no `/`. */
export const isChainOf = (name: string, edge: string): boolean =>
  name === edge || (name.startsWith(`${edge}/`) && /^[0-9a-z]{1,12}$/.test(name.slice(edge.length + 1)));

const chainStart = '0'.repeat(64);

export const emptyChain: ChainHead = { counter: 0, hash: chainStart };

/** The hash of an event as stored, personal part still sealed, so that the chain outlives erasure. */
export const linkHash = (event: Pick<NewEvent, 'id' | 'type' | 'data'>): string =>
  sha256Hex(canonicalJson({ id: event.id, type: event.type, data: event.data }));

export const nextLink = (edge: string, head: ChainHead): ChainLink => ({
  edge,
  counter: head.counter + 1,
  previous: head.hash,
});

export type ChainFault =
  | { readonly code: 'gap'; readonly expected: number; readonly found: number }
  | { readonly code: 'broken'; readonly counter: number };

/** Steps over one event: the new head, or what is wrong (missing, doubled or reordered: `gap`; altered: `broken`). */
export function followChain(
  head: ChainHead,
  link: ChainLink,
  event: Pick<NewEvent, 'id' | 'type' | 'data'>,
): ChainHead | ChainFault {
  if (link.counter !== head.counter + 1)
    return { code: 'gap', expected: head.counter + 1, found: link.counter };
  if (link.previous !== head.hash) return { code: 'broken', counter: link.counter };
  return { counter: link.counter, hash: linkHash(event) };
}

/** The link inside the data of a stored event. */
export const linkOf = (data: JsonObject): ChainLink | undefined => {
  const { chain } = data;
  return chain !== null && typeof chain === 'object' ? (chain as unknown as ChainLink) : undefined;
};
