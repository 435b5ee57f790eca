/** Signs the roots of all days that are over and have none yet: once a day, and after a pause for each day of it. */
import { decisionsStream } from '../decision/mail-judged.ts';
import type { Position, RecordedEvent } from '../kernel/event.ts';
import { eventId } from '../kernel/hash.ts';
import { ok, type Result } from '../kernel/result.ts';
import type { AppendError, EventStore } from '../ports/event-store.ts';
import type { RootSigner } from '../ports/root-signer.ts';
import { createTree, type GrowingTree, rootOf } from './merkle.ts';
import { leavesOfDay } from './read-roots.ts';
import { rootEvent } from './root-event.ts';
import {
  dayAfter,
  dayOf,
  decisionLeafHash,
  type DomainLeaf,
  domainLeafHash,
  noRoot,
  type RootEvent,
  rootLeavesStream,
  type RootStatement,
  rootsStream,
  type SignedRoot,
  statementHash,
  statementText,
  toHex,
} from './root.ts';

export interface SigningPorts {
  readonly store: EventStore;
  readonly signer: RootSigner;
}

export interface SigningRequest {
  /** Now, ISO 8601 UTC, by our own clock. */
  readonly now: string;
  readonly signal: AbortSignal;
}

type SignedData = Extract<RootEvent, { type: 'DailyRootSigned' }>['data'];

type Last = SignedData & { readonly revision: number };

/** A day is signed so long after it is over, by our clock: the log may still be taking what came in its last moment. */
const graceMs = 120_000;
/** 130 kB. */
const leavesAnEvent = 1_000;

/** Where counting stands: the decisions of the day under way, and how many each domain had before it. */
interface Counting {
  day: string;
  readonly sizes: Map<string, number>;
  readonly trees: Map<string, GrowingTree>;
  readonly last: { domainId: string; revision: number };
  previous: string;
  /** Of the last root; -1: none yet. */
  revision: number;
  readonly signed: SignedRoot[];
}

/**
 * The roots that were signed, none if all were there. What is signed follows from the log alone, so two who sign at once
 * sign the same, and the second append is the first. Throws StoreUnavailable.
 */
export async function signDueRoots(
  ports: SigningPorts,
  { now, signal }: SigningRequest,
): Promise<Result<readonly SignedRoot[], AppendError>> {
  const due = lastDueDay(now);
  const last = await lastRoot(ports.store);
  if (last !== undefined && last.statement.day >= due) return ok([]);
  let counting = last === undefined ? undefined : await countingAfter(ports.store, last);
  for await (const event of decisionsAfter(ports.store, last, signal)) {
    const day = dayOf(event.recordedAt);
    if (day > due) break;
    counting ??= countingFrom(day, event);
    const closed = await closeDaysBefore(ports, counting, { day, now });
    if (!closed.ok) return closed;
    count(counting, event);
  }
  signal.throwIfAborted();
  if (counting === undefined) return ok([]);
  const closed = await closeDaysBefore(ports, counting, { day: dayAfter(due), now });
  return closed.ok ? ok(counting.signed) : closed;
}

function lastDueDay(now: string): string {
  const over = Temporal.Instant.from(now).subtract({ milliseconds: graceMs });
  return over.toZonedDateTimeISO('UTC').toPlainDate().subtract({ days: 1 }).toString();
}

export async function lastRoot(store: EventStore): Promise<Last | undefined> {
  for await (const event of store.readStream(rootsStream, { direction: 'backwards', limit: 1 })) {
    // Nobody else writes to this stream.
    return { ...(event.data as unknown as SignedData), revision: event.revision };
  }
  return undefined;
}

/** The place of the last decision, looked up: positions are another store's after a move, revisions are not. */
async function positionOf(store: EventStore, { domainId, revision }: Last['last']): Promise<Position> {
  const options = { from: revision, limit: 1 };
  for await (const event of store.readStream(decisionsStream(domainId), options)) return event.position;
  throw new RootsDoNotFit(
    `Decision ${revision} of domain ${domainId}, which a root covers, is not in the log.`,
  );
}

/** The log is not the one that the roots were signed over. */
class RootsDoNotFit extends Error {
  override readonly name = 'RootsDoNotFit';
}

async function* decisionsAfter(
  store: EventStore,
  last: Last | undefined,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent, void> {
  const after = last === undefined ? undefined : await positionOf(store, last.last);
  const options = { streamPrefixes: ['decisions-'], signal, ...(after === undefined ? {} : { after }) };
  for await (const message of store.subscribeAll(options)) {
    if (message.kind === 'caught-up') return;
    if (message.kind === 'event') yield message.event;
  }
}

const domainOf = ({ stream }: RecordedEvent): string => stream.slice('decisions-'.length);

const countingFrom = (day: string, first: RecordedEvent): Counting => ({
  day,
  sizes: new Map(),
  trees: new Map(),
  last: { domainId: domainOf(first), revision: first.revision },
  previous: noRoot,
  revision: -1,
  signed: [],
});

async function countingAfter(store: EventStore, { statement, last, revision }: Last): Promise<Counting> {
  const sizes = new Map<string, number>();
  for await (const { domainId, first, count: added } of leavesOfDay(store, statement.day)) {
    sizes.set(domainId, first + added);
  }
  return {
    day: dayAfter(statement.day),
    sizes,
    trees: new Map(),
    last: { ...last },
    previous: statementHash(statement),
    revision,
    signed: [],
  };
}

function count({ sizes, trees, last }: Counting, event: RecordedEvent): void {
  const domainId = domainOf(event);
  const tree = trees.get(domainId) ?? createTree();
  trees.set(domainId, tree);
  if (!sizes.has(domainId)) sizes.set(domainId, 0);
  tree.add(decisionLeafHash(event, event.revision));
  Object.assign(last, { domainId, revision: event.revision });
}

/** Events whose time is before the day under way (a clock was set back) stay in it: order counts, not clocks. */
async function closeDaysBefore(
  ports: SigningPorts,
  counting: Counting,
  { day, now }: { readonly day: string; readonly now: string },
): Promise<Result<void, AppendError>> {
  while (counting.day < day) {
    const closed = await closeDay(ports, counting, now);
    if (!closed.ok) return closed;
    counting.day = dayAfter(counting.day);
  }
  return ok(undefined);
}

async function closeDay(
  { store, signer }: SigningPorts,
  counting: Counting,
  now: string,
): Promise<Result<void, AppendError>> {
  const { day } = counting;
  const leaves = takeLeaves(counting);
  const pages = Array.from({ length: Math.ceil(leaves.length / leavesAnEvent) }, (_, page) =>
    rootEvent(
      'RootLeavesListed',
      { id: eventId('root-leaves', day, page), now },
      {
        day,
        leaves: leaves.slice(page * leavesAnEvent, (page + 1) * leavesAnEvent),
      },
    ),
  );
  for (const [page, event] of pages.entries()) {
    const listed = await store.append(rootLeavesStream(day), [event], page === 0 ? 'no-stream' : page - 1);
    if (!listed.ok) return listed;
  }
  const statement: RootStatement = {
    version: 1,
    day,
    previous: counting.previous,
    domains: leaves.length,
    root: toHex(rootOf(leaves.map(domainLeafHash))),
  };
  const root: SignedRoot = { statement, ...signer.sign(statementText(statement)) };
  const event = rootEvent(
    'DailyRootSigned',
    { id: eventId('root', day), now },
    { ...root, last: { ...counting.last } },
  );
  const appended = await store.append(
    rootsStream,
    [event],
    counting.revision < 0 ? 'no-stream' : counting.revision,
  );
  if (!appended.ok) return appended;
  counting.previous = statementHash(statement);
  counting.revision = appended.value.revision;
  counting.signed.push(root);
  return ok(undefined);
}

/** The leaves of the day under way, in order of domain ids; the next day begins after them. */
function takeLeaves({ sizes, trees }: Counting): readonly DomainLeaf[] {
  const leaves = [...sizes.keys()].toSorted().map((domainId): DomainLeaf => {
    const first = sizes.get(domainId) ?? 0;
    const tree = trees.get(domainId) ?? createTree();
    return { domainId, first, count: tree.size, root: toHex(tree.root()) };
  });
  for (const { domainId, first, count: added } of leaves) sizes.set(domainId, first + added);
  trees.clear();
  return leaves;
}
