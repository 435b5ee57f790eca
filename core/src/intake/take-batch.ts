/**
 * Use case: take what an edge hands in. Bodies become durable in packs first, then the events that say where they lie,
 * then the edge is answered; whatever happens in between, the same batch again leaves everything in the log once.
 */
import type { Batch, BatchAnswer } from '../handover/batch.ts';
import type { BodyLocation } from '../kernel/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import { admit, type Admitted, type ItemRefusal } from './admit.ts';
import { createDomainOwners, type DomainOwners } from './domain-owners.ts';
import {
  type Entry,
  isOpen,
  unsettledDecisions,
  orLater,
  settle,
  storedEvent,
  unavailable,
} from './entries.ts';
import { createQueueByKey, later, mapLimited, type Outcome, refused, taken } from './outcome.ts';
import { createDecisionTaker, type Decisions, type DecisionTaker } from './take-decisions.ts';
import { knownIds, takeEvents } from './take-events.ts';

/** Raw mails for the archive, gathered over all edges. */
export interface BodyArchive {
  /** Resolves when all are durable, with their places in the order of the mails. Rejects if any may not be. */
  keep(
    mails: readonly { readonly mailId: string; readonly raw: Uint8Array }[],
  ): Promise<readonly BodyLocation[]>;
}

export interface IntakePorts {
  readonly store: EventStore;
  readonly bodies: BodyArchive;
  readonly clock: Clock;
}

export interface TakeBatch {
  /** Never throws for an event store that is away: what it did not take is to be sent again. */
  (batch: Batch): Promise<BatchAnswer>;
}

const domainsAtOnce = 8;
const mailsAtOnce = 16;

export function createTakeBatch(ports: IntakePorts): TakeBatch {
  const context: Context = {
    ...ports,
    owners: createDomainOwners(ports.store),
    decisions: createDecisionTaker(ports.store),
  };
  // An edge sends one batch at a time; one that lost patience must not have its first batch overtaken.
  const oneAtATime = createQueueByKey();
  return (batch) => oneAtATime(batch.edge, () => take(context, batch));
}

interface Context extends IntakePorts {
  readonly owners: DomainOwners;
  readonly decisions: DecisionTaker;
}

async function take(context: Context, batch: Batch): Promise<BatchAnswer> {
  const entries = await mapLimited(batch.items, mailsAtOnce, async (item): Promise<Entry> => {
    const admitted = admit(item, batch.edge);
    const entry = { seq: item.seq, body: undefined };
    if (!admitted.ok)
      return { ...entry, admitted: undefined, accountId: undefined, outcome: refused(admitted.error) };
    return { ...entry, admitted: admitted.value, ...(await ownerOf(context, admitted.value)) };
  });
  await sift(context, batch, entries);
  await keepBodies(context, entries);
  await appendDecisions(context, batch, entries);
  await appendOthers(context, entries);
  return answer(entries);
}

async function ownerOf(
  { owners }: Context,
  admitted: Admitted,
): Promise<{ readonly accountId: string | undefined; outcome: Outcome | undefined }> {
  if (admitted.kind === 'counters') return { accountId: undefined, outcome: undefined };
  try {
    const accountId = await owners.accountOf(admitted.domainId);
    return { accountId, outcome: accountId === undefined ? refused('unknown-domain') : undefined };
  } catch (error) {
    return { accountId: undefined, outcome: unavailable(error) };
  }
}

/** Settles what is in the log already, so that no body is kept twice. */
async function sift(context: Context, batch: Batch, entries: readonly Entry[]): Promise<void> {
  await mapLimited(
    unsettledDecisions(batch, entries),
    domainsAtOnce,
    async ({ domainId, chain, entries: group }) => {
      const sifted = await orLater(group, async () => {
        const isKnown = group.some(isOpen) || (await context.owners.accountOf(domainId)) !== undefined;
        return isKnown ? context.decisions.sift(domainId, chain, decisionsOf(context, group)) : [];
      });
      settle(group, sifted);
    },
  );
  const withBody = entries.filter(
    (entry) => isOpen(entry) && entry.admitted?.kind === 'mail' && entry.admitted.item.body !== undefined,
  );
  await mapLimited(withBody, mailsAtOnce, async (entry) => {
    settle([entry], await orLater([entry], async () => [await repetition(context, entry)]));
  });
}

async function repetition({ store }: Context, { admitted }: Entry): Promise<Outcome | undefined> {
  if (admitted === undefined) return undefined;
  const known = await knownIds(store, admitted.stream);
  return known.has(admitted.item.event.id) ? taken : undefined;
}

/** One pack, or a share of one, for all bodies of the batch. */
async function keepBodies({ bodies }: Context, entries: readonly Entry[]): Promise<void> {
  const withBody = entries.filter(isOpen).flatMap((entry) => {
    const { admitted } = entry;
    if (admitted === undefined || admitted.kind === 'counters') return [];
    const { body: raw } = admitted.item;
    return raw === undefined ? [] : [{ entry, mail: { mailId: admitted.mailId, raw } }];
  });
  if (withBody.length === 0) return;
  const locations = await bodies.keep(withBody.map(({ mail }) => mail));
  for (const [index, { entry }] of withBody.entries()) entry.body = locations[index];
}

async function appendDecisions(context: Context, batch: Batch, entries: readonly Entry[]): Promise<void> {
  const groups = unsettledDecisions(batch, entries).filter((group) => group.entries.some(isOpen));
  await mapLimited(groups, domainsAtOnce, async ({ domainId, chain, entries: group }) => {
    const decisions = decisionsOf(context, group);
    settle(group, await orLater(group, () => context.decisions.take(domainId, chain, decisions)));
  });
}

const decisionsOf = ({ clock }: Context, group: readonly Entry[]): Decisions =>
  group.map((entry) => {
    const { admitted } = entry;
    const event = storedEvent(clock, entry);
    if (admitted?.kind !== 'decision' || event === undefined || !isOpen(entry)) return undefined;
    return { link: admitted.link, event };
  });

/** After the decisions: what happened to a mail comes into the log after its decision. */
async function appendOthers(context: Context, entries: readonly Entry[]): Promise<void> {
  const undecided = undecidedMails(entries);
  const streams = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { admitted } = entry;
    if (admitted?.kind === 'mail') entry.outcome ??= undecided.get(admitted.mailId);
    if (admitted === undefined || admitted.kind === 'decision' || !isOpen(entry)) continue;
    const group = streams.get(admitted.stream);
    if (group === undefined) streams.set(admitted.stream, [entry]);
    else group.push(entry);
  }
  await mapLimited([...streams], mailsAtOnce, async ([stream, group]) => {
    const events = group.flatMap((entry) => storedEvent(context.clock, entry) ?? []);
    const isLikelyNew = group[0]?.admitted?.kind === 'mail';
    const taking = { store: context.store, stream, events, isLikelyNew };
    settle(group, await orLater(group, () => takeEvents(taking)));
  });
}

/** Mails whose decision of this batch is not in the log, with what that means for their other events. */
function undecidedMails(entries: readonly Entry[]): ReadonlyMap<string, Outcome> {
  return new Map(
    entries.flatMap(({ admitted, outcome }): [string, Outcome][] => {
      if (admitted?.kind !== 'decision' || outcome?.outcome === 'taken') return [];
      return [[admitted.mailId, outcome?.outcome === 'refused' ? refused('follows-refused') : later]];
    }),
  );
}

function answer(entries: readonly Entry[]): BatchAnswer {
  const refusals = entries.flatMap(({ seq, outcome }): { seq: number; reason: ItemRefusal }[] =>
    outcome?.outcome === 'refused' ? [{ seq, reason: outcome.reason }] : [],
  );
  return {
    taken: entries.flatMap(({ seq, outcome }) => (outcome?.outcome === 'taken' ? [seq] : [])),
    refused: refusals,
  };
}
