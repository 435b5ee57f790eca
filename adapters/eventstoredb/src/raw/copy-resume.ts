/** Where a copy goes on: at the last event of the target, looked up in the source. Nothing is kept beside the stores. */
import type { RawEvent } from './raw-event.ts';
import { tombstone } from './raw-event.ts';
import type { RawReads } from './raw-reads.ts';

/** The target has events that did not come from the source: to mix the two would spoil the order of both. */
export class ForeignEvents extends Error {
  override readonly name = 'ForeignEvents';
}

/** Position in the source of the last event that the target has; undefined for a target that has none. */
export async function findResumption(source: RawReads, target: RawReads): Promise<bigint | undefined> {
  const last = await lastCopied(target);
  if (last === undefined) return undefined;
  const position = (await inItsStream(source, last)) ?? (await amongAll(source, last));
  if (position !== undefined) return position;
  throw new ForeignEvents(
    `The target has an event that the source has not: ${last.id} in ${last.stream}. Copy into an empty store.`,
  );
}

/** Metadata and tombstones can be of the target's own making. */
const isCopied = ({ stream, revision }: RawEvent): boolean =>
  !stream.startsWith('$') && revision !== tombstone;

async function lastCopied(target: RawReads): Promise<RawEvent | undefined> {
  for await (const event of target.allBackwards()) if (isCopied(event)) return event;
  return undefined;
}

/** Found at once, unless the stream has ended or lost events. */
async function inItsStream(
  source: RawReads,
  { id, stream, revision }: RawEvent,
): Promise<bigint | undefined> {
  try {
    for await (const event of source.stream(stream, revision)) {
      return event.id === id ? event.position : undefined;
    }
  } catch {
    // A tombstoned stream is not read any more; its events are still among all.
  }
  return undefined;
}

async function amongAll(source: RawReads, { id }: RawEvent): Promise<bigint | undefined> {
  for await (const event of source.all()) if (event.id === id) return event.position;
  return undefined;
}
