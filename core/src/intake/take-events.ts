/** Appends events to a small stream, each once: what is there already is told by its id. */
import type { NewEvent, RecordedEvent } from '../kernel/event.ts';
import type { EventStore } from '../ports/event-store.ts';
import { later, type Outcome, refused, taken } from './outcome.ts';

export interface EventTaking {
  readonly store: EventStore;
  readonly stream: string;
  readonly events: readonly NewEvent[];
  /** Whether the stream is likely to be new: then one question is saved. */
  readonly isLikelyNew: boolean;
}

const maxConflicts = 10;

/** One outcome an event. Throws StoreUnavailable where the stream cannot be read. */
export async function takeEvents(taking: EventTaking): Promise<readonly Outcome[]> {
  const { store, stream, events } = taking;
  let state: StreamState = taking.isLikelyNew ? unread : await readState(store, stream);
  for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
    const { revision, ids, domainId } = state;
    if (events.some((event) => domainId !== undefined && event.metadata.domainId !== domainId)) {
      return events.map(() => refused('foreign-mail'));
    }
    const wanted = events.filter((event) => !ids.has(event.id));
    if (wanted.length === 0) return events.map(() => taken);
    const result = await store.append(stream, wanted, revision < 0 ? 'no-stream' : revision);
    if (result.ok) return events.map(() => taken);
    if (result.error.code === 'too-large') return events.map(() => refused('too-large'));
    if (result.error.code !== 'wrong-expected-revision') return events.map(() => later);
    state = await readState(store, stream);
  }
  return events.map(() => later);
}

interface StreamState {
  readonly revision: number;
  readonly ids: ReadonlySet<string>;
  /** Whose stream it is; undefined for one that is empty or of no domain. */
  readonly domainId: string | undefined;
}

const unread: StreamState = { revision: -1, ids: new Set(), domainId: undefined };

async function readState(store: EventStore, stream: string): Promise<StreamState> {
  const ids = new Set<string>();
  let last: RecordedEvent | undefined;
  for await (const event of store.readStream(stream)) {
    ids.add(event.id);
    last = event;
  }
  return { revision: last?.revision ?? -1, ids, domainId: last?.metadata.domainId };
}

/** Which of the events are in the stream. */
export async function knownIds(store: EventStore, stream: string): Promise<ReadonlySet<string>> {
  return (await readState(store, stream)).ids;
}
