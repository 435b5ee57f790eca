/** Reads every event of a store and says what is wrong: positions that do not rise, revisions with gaps, events after a tombstone. */
import type { RawEvent } from '@sluice/eventstoredb';

export interface VerifyReport {
  readonly events: number;
  readonly streams: number;
  readonly bytes: number;
  /** When the newest event was written, in ISO 8601; undefined where there is none. */
  readonly newest: string | undefined;
  /** The first of them, in sentences. */
  readonly faults: readonly string[];
  readonly faultCount: number;
}

const mostFaults = 100;
const tombstone = 9_223_372_036_854_775_807n;

export async function verifyEvents(
  events: AsyncIterable<RawEvent>,
  onProgress: (events: number) => void = () => undefined,
): Promise<VerifyReport> {
  const lastRevisions = new Map<string, bigint>();
  const faults: string[] = [];
  let [count, bytes, created, faultCount, position] = [0, 0, 0, 0, -1n];
  const fault = (sentence: string): void => {
    faultCount += 1;
    if (faults.length < mostFaults) faults.push(sentence);
  };
  for await (const event of untilDamaged(events, fault)) {
    if (event.position <= position) fault(`position ${event.position} comes after ${position}`);
    ({ position } = event);
    const wrong = revisionFault(event, lastRevisions.get(event.stream));
    if (wrong !== undefined) fault(`${event.stream}: ${wrong}`);
    lastRevisions.set(event.stream, event.revision);
    count += 1;
    created = Math.max(created, event.created);
    bytes += event.data.length + event.metadata.length;
    onProgress(count);
  }
  const newest = count === 0 ? undefined : new Date(created).toISOString();
  return { events: count, streams: lastRevisions.size, bytes, newest, faults, faultCount };
}

/** The status of gRPC with which the embedded store names a part of its file that is damaged. */
const dataLoss = 15;

/** The events up to a damaged part; what is damaged is told. Those behind it cannot be looked at in order. */
async function* untilDamaged(
  events: AsyncIterable<RawEvent>,
  tell: (sentence: string) => void,
): AsyncGenerator<RawEvent, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === dataLoss)) throw error;
    tell('details' in error ? String(error.details) : error.message);
  }
}

function revisionFault({ revision }: RawEvent, last: bigint | undefined): string | undefined {
  if (last === tombstone) return `revision ${revision} comes after the tombstone`;
  if (revision === tombstone || revision === (last ?? -1n) + 1n) return undefined;
  return last === undefined ? `begins with revision ${revision}` : `revision ${revision} comes after ${last}`;
}
