/** What the intake knows of the decisions of one domain: the end of its stream, and the chain of each edge in it. */
import { emptyChain, linkHash, linkOf, type ChainHead, type ChainLink } from '../kernel/chain.ts';
import type { NewEvent, RecordedEvent } from '../kernel/event.ts';
import { decisionsStream } from '../decision/mail-judged.ts';
import type { EventStore } from '../ports/event-store.ts';

/** The chain of one edge as far as it is in the log. */
export interface EdgeChain {
  head: ChainHead;
  /** Ids of its newest decisions, by counter: to tell a repetition from another decision with the same counter. */
  readonly ids: Map<number, string>;
  /** Counter of a decision that was refused: nothing after it can ever follow. */
  refusedFrom: number | undefined;
}

export interface DecisionChains {
  /** Last revision of the stream; -1 for none. */
  readonly revision: () => number;
  /** The chain of an edge; read from the log where it is not known yet, which costs more the longer ago its last one is. */
  of(edge: string): Promise<EdgeChain>;
  /** Takes in what others have appended since. */
  refresh(): Promise<void>;
  /** Id of the decision with this counter; undefined if the log holds none. */
  idAt(edge: string, counter: number): Promise<string | undefined>;
  /** Notes what was appended. */
  appended(edge: string, decisions: readonly { link: ChainLink; event: NewEvent }[], revision: number): void;
}

/** More than a batch holds. */
const keptIds = 6_000;

export async function loadDecisionChains(store: EventStore, domainId: string): Promise<DecisionChains> {
  const stream = decisionsStream(domainId);
  const chains = new Map<string, EdgeChain>();
  let revision = -1;
  /** Everything from this revision on has been looked at. */
  let readDownTo = 0;

  const isLonger = (edge: string, link: ChainLink): boolean =>
    link.counter > (chains.get(edge)?.head.counter ?? 0);

  const note = (event: Pick<NewEvent, 'id' | 'type' | 'data'>): string | undefined => {
    const link = linkOf(event.data);
    if (link === undefined) return undefined;
    const { edge } = link;
    const chain = chains.get(edge) ?? { head: emptyChain, ids: new Map(), refusedFrom: undefined };
    chains.set(edge, chain);
    if (isLonger(edge, link)) chain.head = { counter: link.counter, hash: linkHash(event) };
    chain.ids.set(link.counter, event.id);
    const [oldest] = chain.ids.keys();
    if (chain.ids.size > keptIds && oldest !== undefined) chain.ids.delete(oldest);
    return edge;
  };

  for await (const last of store.readStream(stream, { direction: 'backwards', limit: 1 })) {
    revision = last.revision;
    readDownTo = last.revision;
    note(last);
  }

  /** Reads back until the chain of the edge is found, or the stream ends. */
  const findBack = async (edge: string): Promise<void> => {
    if (readDownTo === 0) return;
    const options = { direction: 'backwards', from: readDownTo - 1 } as const;
    for await (const event of store.readStream(stream, options)) {
      readDownTo = Math.min(readDownTo, event.revision);
      if (note(event) === edge) return;
    }
  };

  return {
    revision: () => revision,

    async of(edge) {
      if (!chains.has(edge)) await findBack(edge);
      const chain = chains.get(edge) ?? { head: emptyChain, ids: new Map(), refusedFrom: undefined };
      chains.set(edge, chain);
      return chain;
    },

    async refresh() {
      for await (const event of store.readStream(stream, { from: revision + 1 })) {
        revision = event.revision;
        note(event);
      }
    },

    async idAt(edge, counter) {
      const known = chains.get(edge)?.ids.get(counter);
      if (known !== undefined) return known;
      for await (const event of store.readStream(stream, { direction: 'backwards' })) {
        // Those on the way are what will be asked for next, in a batch that is sent again.
        note(event);
        const link = linkOf(event.data);
        if (link?.edge === edge && link.counter <= counter) return idIf(event, link, counter);
      }
      return undefined;
    },

    appended(edge, decisions, last) {
      for (const { event } of decisions) note(event);
      const chain = chains.get(edge);
      if (chain?.refusedFrom !== undefined && chain.head.counter >= chain.refusedFrom)
        chain.refusedFrom = undefined;
      revision = Math.max(revision, last);
    },
  };
}

const idIf = (event: RecordedEvent, link: ChainLink, counter: number): string | undefined =>
  link.counter === counter ? event.id : undefined;
