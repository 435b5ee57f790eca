/** Reads the recorded decisions of a domain in their order, opened, batch by batch: memory stays the same however many there are. */
import {
  decisionFormats,
  decisionsStream,
  type MailJudged,
  type MailJudgedData,
} from '../decision/mail-judged.ts';
import type { Position, RecordedEvent } from '../kernel/event.ts';
import { createEventCodec, type EventCodec } from '../kernel/event-codec.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Vault } from '../ports/vault.ts';

/** One decision as the log has it. */
export interface RecordedDecision {
  readonly position: Position;
  /** Place in `decisions-<domainId>`, from 0. */
  readonly revision: number;
  /** '' where the plain part was damaged. */
  readonly mailId: string;
  /** When the mail came, ISO 8601, by the edge's clock. */
  readonly at: string;
  /** Undefined where it cannot be opened: `erased` says whether because its key is gone, else it is damaged. */
  readonly data: MailJudgedData | undefined;
  readonly erased: boolean;
  /** As stored, still sealed. */
  readonly recorded: RecordedEvent;
}

export interface DecisionRange {
  /** By the time at which the log took them, ISO 8601; the only time that rises with the revisions. `since` is included. */
  readonly since?: string;
  /** Excluded. */
  readonly until?: string;
  /** Revision to begin with, instead of `since`. */
  readonly from?: number;
  /** At most so many. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface DecisionLog {
  readonly store: EventStore;
  readonly vault: Vault;
}

/** Opened ones are some 20 kB each: of more in hand at once the garbage collector would move megabytes to and fro. */
const batchSize = 32;

/** Batches are never empty. Throws StoreUnavailable. */
export async function* readDecisions(
  { store, vault }: DecisionLog,
  domainId: string,
  range: DecisionRange = {},
): AsyncGenerator<readonly RecordedDecision[], void> {
  const codec = createEventCodec<MailJudged>(decisionFormats, vault);
  for await (const batch of readSealedDecisions(store, domainId, range)) {
    yield await Promise.all(batch.map((recorded) => open(codec, recorded)));
  }
}

/** The same as stored, for those who need no key. */
export async function* readSealedDecisions(
  store: EventStore,
  domainId: string,
  range: DecisionRange = {},
): AsyncGenerator<readonly RecordedEvent[], void> {
  const { until, limit, signal } = range;
  const options = {
    from: await firstRevision(store, domainId, range),
    ...(limit === undefined ? {} : { limit }),
    ...(signal === undefined ? {} : { signal }),
  };
  const end = until === undefined ? undefined : storeTime(until);
  const isOver = ({ recordedAt }: RecordedEvent): boolean => end !== undefined && recordedAt >= end;
  let batch: RecordedEvent[] = [];
  for await (const recorded of store.readStream(decisionsStream(domainId), options)) {
    if (isOver(recorded)) break;
    batch.push(recorded);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function firstRevision(
  store: EventStore,
  domainId: string,
  { since, from }: DecisionRange,
): Promise<number> {
  return from ?? (since === undefined ? 0 : firstRevisionSince(store, domainId, since));
}

/** A time spelled as the log spells its own, so that they compare as text. */
const storeTime = (time: string): string =>
  Temporal.Instant.from(time).toString({ smallestUnit: 'millisecond' });

/** Revision of the first decision that the log took at or after a time; one past the last if there is none. */
export async function firstRevisionSince(
  store: EventStore,
  domainId: string,
  since: string,
): Promise<number> {
  const time = storeTime(since);
  let [low, high] = [0, await decisionCount(store, domainId)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const recordedAt = await recordedAtOf(store, domainId, middle);
    if (recordedAt !== undefined && recordedAt < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many decisions the log has of a domain. */
export async function decisionCount(store: EventStore, domainId: string): Promise<number> {
  const options = { direction: 'backwards', limit: 1 } as const;
  for await (const last of store.readStream(decisionsStream(domainId), options)) return last.revision + 1;
  return 0;
}

async function recordedAtOf(
  store: EventStore,
  domainId: string,
  revision: number,
): Promise<string | undefined> {
  const options = { from: revision, limit: 1 };
  for await (const event of store.readStream(decisionsStream(domainId), options)) return event.recordedAt;
  return undefined;
}

async function open(codec: EventCodec<MailJudged>, recorded: RecordedEvent): Promise<RecordedDecision> {
  const decoded = await codec.decode(recorded);
  const { mailId } = recorded.data;
  return {
    position: recorded.position,
    revision: recorded.revision,
    mailId: typeof mailId === 'string' ? mailId : '',
    at: recorded.metadata.at,
    data: decoded.ok ? decoded.value.data : undefined,
    erased: !decoded.ok && decoded.error.code === 'erased',
    recorded,
  };
}
