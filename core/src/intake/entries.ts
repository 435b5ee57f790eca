/** The items of a batch on their way into the log. */
import type { Batch } from '../handover/batch.ts';
import type { BodyLocation, NewEvent } from '../kernel/event.ts';
import type { Clock } from '../ports/clock.ts';
import { StoreUnavailable } from '../ports/event-store.ts';
import type { Admitted } from './admit.ts';
import { later, type Outcome } from './outcome.ts';

export interface Entry {
  readonly seq: number;
  /** Undefined for one that is refused. */
  readonly admitted: Admitted | undefined;
  /** Whose the domain is. */
  readonly accountId: string | undefined;
  /** Undefined: not settled yet. */
  outcome: Outcome | undefined;
  body: BodyLocation | undefined;
}

export const isOpen = ({ outcome }: Entry): boolean => outcome === undefined;

const isDelayed = ({ outcome }: Entry): boolean => outcome?.outcome === 'later';

const isRefused = ({ outcome }: Entry): boolean => outcome?.outcome === 'refused';

/** Where decisions stand: the chain of this name in this domain. */
interface Chain {
  readonly domainId: string;
  readonly chain: string;
}

/** Decisions of one chain that are not in the log, in its order. */
export interface ChainedEntries extends Chain {
  readonly entries: readonly Entry[];
}

/**
 * Decisions that are not in the log, chain by chain. A refused one keeps its place, because those after it are cut off; where
 * not even its domain can be read, it has none. What comes after one that has to be sent again has to be, too.
 */
export function unsettledDecisions(batch: Batch, entries: readonly Entry[]): readonly ChainedEntries[] {
  const groups = new Map<string, Chain & { readonly entries: Entry[] }>();
  const delayed = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const chain = chainOf(batch, index, entry);
    if (chain === undefined) continue;
    const key = JSON.stringify(chain);
    if (delayed.has(key)) entry.outcome ??= later;
    if (isDelayed(entry)) delayed.add(key);
    if (!isOpen(entry) && !isRefused(entry)) continue;
    const group = groups.get(key) ?? { ...chain, entries: [] };
    groups.set(key, group);
    group.entries.push(entry);
  }
  return [...groups.values()];
}

function chainOf(batch: Batch, index: number, { admitted }: Entry): Chain | undefined {
  if (admitted?.kind === 'decision') return { domainId: admitted.domainId, chain: admitted.link.edge };
  const item = batch.items[index];
  const { domainId } = item?.event.metadata ?? {};
  return item?.kind === 'decision' && domainId !== undefined ? { domainId, chain: batch.edge } : undefined;
}

/** What the edge handed in, with metadata that say what the intake knows, whatever the edge said. */
export function storedEvent(clock: Clock, { admitted, accountId, body }: Entry): NewEvent | undefined {
  if (admitted === undefined) return undefined;
  const { id, type, data, metadata } = admitted.item.event;
  const { actor, at, correlationId, causationId, schemaVersion } = metadata;
  return {
    id,
    type,
    data,
    metadata: {
      schemaVersion,
      actor: { kind: 'edge', id: actor.id },
      at,
      correlationId,
      ...(causationId === undefined ? {} : { causationId }),
      ...(accountId === undefined ? {} : { accountId }),
      ...(admitted.kind === 'counters' ? {} : { domainId: admitted.domainId }),
      edge: actor.id,
      intake: { at: clock.now(), ...(body === undefined ? {} : { body }) },
    },
  };
}

/** Settled outcomes stay. */
export function settle(group: readonly Entry[], outcomes: readonly (Outcome | undefined)[]): void {
  for (const [index, entry] of group.entries()) entry.outcome ??= outcomes[index];
}

/** Work on the log; while the event store is away all that it was about is to be sent again. */
export async function orLater(
  group: readonly Entry[],
  work: () => Promise<readonly (Outcome | undefined)[]>,
): Promise<readonly (Outcome | undefined)[]> {
  try {
    return await work();
  } catch (error) {
    const outcome = unavailable(error);
    return group.map(() => outcome);
  }
}

/** Throws on what is not the event store being away. */
export function unavailable(error: unknown): Outcome {
  if (error instanceof StoreUnavailable) return later;
  throw error;
}
