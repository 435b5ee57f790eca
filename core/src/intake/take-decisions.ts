/** Appends the decisions of an edge to the stream of a domain: each once, in the order of the edge's chain. */
import { decisionsStream } from '../decision/mail-judged.ts';
import { followChain, linkHash, type ChainHead, type ChainLink } from '../kernel/chain.ts';
import type { NewEvent } from '../kernel/event.ts';
import type { AppendError, EventStore } from '../ports/event-store.ts';
import { type DecisionChains, type EdgeChain, loadDecisionChains } from './decision-chains.ts';
import { createQueueByKey, later, type Outcome, refused, taken } from './outcome.ts';

/** A decision of an edge; `event` as it will be stored. */
export interface Decision {
  readonly link: ChainLink;
  readonly event: NewEvent;
}

/** In the order of the chain; a place whose decision was refused before is `undefined`. */
export type Decisions = readonly (Decision | undefined)[];

export interface DecisionTaker {
  /** What would become of those of one chain: `taken` for what is in the log, undefined for what would be appended. */
  sift(domainId: string, chain: string, decisions: Decisions): Promise<readonly (Outcome | undefined)[]>;
  take(domainId: string, chain: string, decisions: Decisions): Promise<readonly Outcome[]>;
}

/** Of one append. */
const maxEvents = 500;
const maxBytes = 900_000;
const maxConflicts = 10;
/** Domains whose chains are kept in memory. */
const keptDomains = 5_000;

export function createDecisionTaker(store: EventStore): DecisionTaker {
  const known = new Map<string, Promise<DecisionChains>>();
  const oneAtATime = createQueueByKey();

  const chainsOf = async (domainId: string): Promise<DecisionChains> => {
    const chains = known.get(domainId) ?? loadDecisionChains(store, domainId);
    known.delete(domainId);
    known.set(domainId, chains);
    const [oldest] = known.keys();
    if (known.size > keptDomains && oldest !== undefined) known.delete(oldest);
    return chains.catch((error: unknown) => {
      known.delete(domainId);
      throw error;
    });
  };

  return {
    async sift(domainId, chain, decisions) {
      // A chain that has long been silent here is looked for far back in the log: the others need not wait for that.
      await (await chainsOf(domainId)).of(chain);
      return oneAtATime(domainId, async () => plan(await chainsOf(domainId), chain, decisions));
    },

    take: (domainId, chain, decisions) =>
      oneAtATime(domainId, async () => {
        for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
          const chains = await chainsOf(domainId);
          const planned = await plan(chains, chain, decisions);
          const wanted = decisions.flatMap((decision, index) =>
            decision !== undefined && planned[index] === undefined ? [{ ...decision, index }] : [],
          );
          const result = await appendAll(store, domainId, { chains, chain, wanted });
          if (result.error?.code === 'wrong-expected-revision') {
            await chains.refresh();
            continue;
          }
          // After a lost answer nobody knows what the stream looks like.
          if (result.error !== undefined) known.delete(domainId);
          return planned.map((outcome, index) => outcome ?? result.outcomes.get(index) ?? later);
        }
        return decisions.map(() => later);
      }),
  };
}

/** One outcome a decision; undefined: it is the next link, or follows on others that are. */
async function plan(
  chains: DecisionChains,
  name: string,
  decisions: Decisions,
): Promise<(Outcome | undefined)[]> {
  const planned = await planOn(chains, name, decisions);
  if (!planned.some(isGap)) return planned;
  // Another intake may have appended what is missing here. Where it did not, what is missing never comes: an edge hands in
  // its oldest decisions first, so those before are no longer with it. The log is then older than the edge.
  await chains.refresh();
  return planOn(chains, name, decisions);
}

const isGap = (outcome: Outcome | undefined): boolean =>
  outcome?.outcome === 'refused' && outcome.reason === 'chain-gap';

async function planOn(
  chains: DecisionChains,
  name: string,
  decisions: Decisions,
): Promise<(Outcome | undefined)[]> {
  const chain = await chains.of(name);
  let { head } = chain;
  const outcomes: (Outcome | undefined)[] = [];
  for (const decision of decisions) {
    if (decision === undefined) {
      chain.refusedFrom ??= head.counter + 1;
      outcomes.push(refused('follows-refused'));
      continue;
    }
    const { link, event } = decision;
    if (link.counter <= chain.head.counter) {
      outcomes.push(await repeated(chains, chain, decision));
      continue;
    }
    const step = followChain(head, link, event);
    if ('hash' in step) {
      head = step;
      outcomes.push(undefined);
    } else outcomes.push(faulty(step.code, chain, link, head));
  }
  return outcomes;
}

/** The counter is in the log: the same decision again, or another one under its number? */
async function repeated(
  chains: DecisionChains,
  chain: EdgeChain,
  { link, event }: Decision,
): Promise<Outcome> {
  const isSame =
    link.counter === chain.head.counter
      ? linkHash(event) === chain.head.hash
      : (await chains.idAt(link.edge, link.counter)) === event.id;
  return isSame ? taken : refused('chain-forked');
}

function faulty(code: 'gap' | 'broken', chain: EdgeChain, link: ChainLink, head: ChainHead): Outcome {
  if (code === 'broken') {
    chain.refusedFrom = link.counter;
    return refused('chain-broken');
  }
  const isCutOff =
    chain.refusedFrom !== undefined && link.counter > chain.refusedFrom && chain.refusedFrom > head.counter;
  return refused(isCutOff ? 'follows-refused' : 'chain-gap');
}

interface Appending {
  readonly chains: DecisionChains;
  readonly chain: string;
  readonly wanted: readonly (Decision & { readonly index: number })[];
}

async function appendAll(
  store: EventStore,
  domainId: string,
  { chains, chain: name, wanted }: Appending,
): Promise<{ readonly outcomes: ReadonlyMap<number, Outcome>; readonly error?: AppendError }> {
  const outcomes = new Map<number, Outcome>();
  for (const part of parts(wanted)) {
    const revision = chains.revision();
    const events = part.map(({ event }) => event);
    const result = await store.append(
      decisionsStream(domainId),
      events,
      revision < 0 ? 'no-stream' : revision,
    );
    if (!result.ok) {
      // Only a decision that is alone in its part can be too large.
      if (result.error.code !== 'too-large') return { outcomes, error: result.error };
      refuseRest(wanted, part[0]?.index ?? 0, outcomes);
      const chain = await chains.of(name);
      chain.refusedFrom = part[0]?.link.counter;
      return { outcomes };
    }
    chains.appended(name, part, result.value.revision);
    for (const { index } of part) outcomes.set(index, taken);
  }
  return { outcomes };
}

function refuseRest(
  wanted: readonly { readonly index: number }[],
  first: number,
  outcomes: Map<number, Outcome>,
): void {
  for (const { index } of wanted) {
    if (index === first) outcomes.set(index, refused('too-large'));
    else if (index > first) outcomes.set(index, refused('follows-refused'));
  }
}

/** Decisions in groups that one append can hold; one that is too large for any stands alone. */
function* parts<T extends Decision>(decisions: readonly T[]): Generator<readonly T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const decision of decisions) {
    const size = Buffer.byteLength(JSON.stringify(decision.event));
    if (part.length > 0 && (part.length >= maxEvents || bytes + size > maxBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(decision);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
