/** Follows the chains of all edges through the decisions of a domain, and goes on after each fault to find the next. */
import {
  emptyChain,
  followChain,
  linkHash,
  linkOf,
  type ChainHead,
  type ChainLink,
} from '../kernel/chain.ts';
import type { NewEvent } from '../kernel/event.ts';

/** What is wrong with a chain, and where. */
export type ChainProblem =
  /** Counters `from` to `to` of the edge are not there, or not in their place. */
  | { readonly code: 'missing'; readonly edge: string; readonly from: number; readonly to: number }
  /** This counter has been passed already: the decision is there twice, or stands too late. */
  | { readonly code: 'out-of-place'; readonly edge: string; readonly counter: number }
  /** The decision with this counter is not the one that its successor was linked to. */
  | { readonly code: 'altered'; readonly edge: string; readonly counter: number }
  /** A decision that belongs to no chain. */
  | { readonly code: 'unlinked'; readonly eventId: string };

export interface ChainFollower {
  /** The next decision: what is wrong with its place, or undefined. */
  step(event: Pick<NewEvent, 'id' | 'type' | 'data'>): ChainProblem | undefined;
  /** The first link of each edge that was looked at, by edge. */
  firsts(): Readonly<Record<string, ChainLink>>;
  /** How far each edge's chain has been followed, by edge. */
  heads(): Readonly<Record<string, ChainHead>>;
}

export interface FollowFrom {
  /** Where to go on. */
  readonly heads?: Readonly<Record<string, ChainHead>>;
  /** True where decisions before the first one are not looked at: the first link of each edge is then believed. */
  readonly isOpen: boolean;
}

export function createChainFollower({ heads = {}, isOpen }: FollowFrom): ChainFollower {
  const followed = new Map(Object.entries(heads));
  const firsts = new Map<string, ChainLink>();

  const headBefore = ({ edge, counter, previous }: ChainLink): ChainHead =>
    followed.get(edge) ?? (isOpen ? { counter: counter - 1, hash: previous } : emptyChain);

  return {
    step(event) {
      const link = linkOf(event.data);
      if (!isLink(link)) return { code: 'unlinked', eventId: event.id };
      const { edge, counter } = link;
      if (!firsts.has(edge)) firsts.set(edge, link);
      const before = headBefore(link);
      const next = followChain(before, link, event);
      if (!('code' in next)) {
        followed.set(edge, next);
        return undefined;
      }
      if (counter <= before.counter) return { code: 'out-of-place', edge, counter };
      followed.set(edge, { counter, hash: linkHash(event) });
      return next.code === 'gap'
        ? { code: 'missing', edge, from: before.counter + 1, to: counter - 1 }
        : { code: 'altered', edge, counter: counter - 1 };
    },
    firsts: () => Object.fromEntries(firsts),
    heads: () => Object.fromEntries(followed),
  };
}

/** Whether the first links of some decisions go on where the chains stood, so that nothing is wrong between the two. */
export function goesOn(
  { heads = {}, isOpen }: FollowFrom,
  firsts: Readonly<Record<string, ChainLink>>,
): boolean {
  return Object.values(firsts).every(({ edge, counter, previous }) => {
    const before = Object.hasOwn(heads, edge) ? heads[edge] : isOpen ? undefined : emptyChain;
    return before === undefined || (counter === before.counter + 1 && previous === before.hash);
  });
}

/** What stands in a log or a file that somebody altered can be anything. */
const isLink = (link: ChainLink | undefined): link is ChainLink =>
  link !== undefined &&
  typeof link.edge === 'string' &&
  Number.isSafeInteger(link.counter) &&
  typeof link.previous === 'string';
