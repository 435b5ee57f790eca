/** Whether a stream is as an append expects it, and the exact answer where the append was already done. */
import type { AppendOutcome, AppendRequest, Expected, ProposedEvent } from './requests.ts';
import type { StreamName } from './names.ts';
import type { Reads } from './reads.ts';
import type { RecentIds } from './recent-ids.ts';
import { tombstoneRevision } from './requests.ts';
import type { StreamSettingsIndex } from './stream-settings.ts';

interface Stored {
  readonly reads: Reads;
  readonly recent: RecentIds;
  readonly settings: StreamSettingsIndex;
}

/**
 * The answer to an append that must not write: the stream is not as expected, there are no events, or all of them are there
 * already (the request was repeated). Undefined: write.
 */
export function earlierAnswer(
  request: AppendRequest,
  stream: StreamName | undefined,
  stored: Stored,
): AppendOutcome | undefined {
  const { expected, events } = request;
  const current = stream === undefined ? -1 : stream.lastRevision;
  if (current === tombstoneRevision) return { kind: 'stream-deleted' };
  const actual = current < 0 ? 'no-stream' : current;
  const wrong: AppendOutcome = { kind: 'wrong-expected-revision', actual };
  if (!isAsExpected(expected, current) && !isAsExpectedElse(request, stored.settings)) {
    return repetitionFrom(request, stream, stored.reads) ?? wrong;
  }
  if (events.length === 0) return { kind: 'unchanged', actual };
  return stream === undefined ? undefined : repetition(request, stream, { ...stored, wrong });
}

/** The first answer to an append that came before, to a stream that is as it expects. */
function repetition(
  { expected, events }: AppendRequest,
  stream: StreamName,
  { reads, recent, wrong }: Stored & { readonly wrong: AppendOutcome },
): AppendOutcome | undefined {
  if (typeof expected === 'number' || stream.lastRevision < 0) return undefined;
  if (expected === 'no-stream') return repetitionAt(events, stream, 0, reads);
  return repetitionAnywhere(events, stream, { reads, recent }, wrong);
}

function isAsExpected(expected: Expected, current: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'stream-exists') return current >= 0;
  return (expected === 'no-stream' ? -1 : expected) === current;
}

/** A stream that has metadata only exists, and one that was deleted does not. */
function isAsExpectedElse({ expected, stream }: AppendRequest, settings: StreamSettingsIndex): boolean {
  if (expected === 'stream-exists') return settings.has(stream);
  return expected === 'no-stream' && settings.of(stream)?.isDeleted === true;
}

/** The answer to an order to delete or tombstone a stream that is not as expected. */
export function endingAnswer(
  request: AppendRequest,
  stream: StreamName | undefined,
  settings: StreamSettingsIndex,
): AppendOutcome | undefined {
  const current = stream === undefined ? -1 : stream.lastRevision;
  if (current === tombstoneRevision) return { kind: 'stream-deleted' };
  // There is nothing to delete where there is neither an event nor metadata.
  const isThere = current >= 0 || settings.has(request.stream) || request.end === 'tombstone';
  if (isThere && (isAsExpected(request.expected, current) || isAsExpectedElse(request, settings))) {
    return undefined;
  }
  return { kind: 'wrong-expected-revision', actual: current < 0 ? 'no-stream' : current };
}

/** The first answer, if the events lie where a request with an expected revision would have put them. */
function repetitionFrom(
  { expected, events }: AppendRequest,
  stream: StreamName | undefined,
  reads: Reads,
): AppendOutcome | undefined {
  if (stream === undefined || events.length === 0) return undefined;
  if (typeof expected === 'number') return repetitionAt(events, stream, expected + 1, reads);
  return expected === 'no-stream' ? repetitionAt(events, stream, 0, reads) : undefined;
}

/** The same for a request that does not say where: found by the first event's id. */
function repetitionAnywhere(
  events: readonly ProposedEvent[],
  stream: StreamName,
  { reads, recent }: Pick<Stored, 'reads' | 'recent'>,
  wrong: AppendOutcome,
): AppendOutcome | undefined {
  const position = events[0] && recent.find(events[0].id);
  const first = position === undefined ? undefined : reads.at(position);
  if (first === undefined || first.stream !== stream.id) return undefined;
  // Where some of the events are there and some are not, it is neither a repetition nor new.
  return repetitionAt(events, stream, first.revision, reads) ?? wrong;
}

/** The first answer, if exactly these events lie in the stream from this revision on. */
function repetitionAt(
  events: readonly ProposedEvent[],
  stream: StreamName,
  from: number,
  reads: Reads,
): AppendOutcome | undefined {
  let count = 0;
  let position = 0;
  reads.stream(stream.id, from, { direction: 'forwards', limit: events.length }, (stored) => {
    if (!Buffer.from(events[count]?.id ?? []).equals(stored.id)) return false;
    count += 1;
    position = stored.position;
    return true;
  });
  if (count < events.length) return undefined;
  return { kind: 'appended', revision: from + count - 1, position };
}
