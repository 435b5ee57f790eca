/** Reads of a stream and of all streams that end. */
import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { ReadAllOptions, ReadStreamOptions } from '@sluice/core/ports/event-store.ts';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import type { Connection, Line } from './connection.ts';
import { isSystemStream, toRecordedEvent } from './convert.ts';
import type { Settings } from './options.ts';
import { createPuller } from './pull.ts';
import { backoffMs, messageOf, pause } from './wait.ts';

/** Attempts for the first event: the connection may have died since the last call. */
const mostAttempts = 4;
const firstPauseMs = 20;
const longestPauseMs = 200;
/** Events that lie ready between the connection and whoever reads. */
export const readableOptions = { highWaterMark: 512 };

type Open = (line: Line) => StreamingRead<ResolvedEvent>;

export async function* readStream(
  connection: Connection,
  settings: Settings,
  { stream, options = {} }: { readonly stream: string; readonly options?: ReadStreamOptions | undefined },
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { from, direction = 'forwards', limit, signal } = options;
  if (limit === 0) return;
  const open: Open = ({ client }) =>
    client.readStream(
      stream,
      {
        direction,
        fromRevision: from === undefined ? (direction === 'forwards' ? 'start' : 'end') : BigInt(from),
        ...(limit === undefined ? {} : { maxCount: limit }),
      },
      readableOptions,
    );
  for await (const events of read(open, connection, settings, signal)) {
    for (const event of recordedEvents(events)) {
      signal?.throwIfAborted();
      yield event;
    }
  }
}

/** A list and not a generator: what is paid for every event counts here. */
function recordedEvents(resolved: readonly ResolvedEvent[]): readonly RecordedEvent[] {
  return resolved.flatMap((each) => toRecordedEvent(each) ?? []);
}

/** Asked for beyond the limit, so that one page mostly is enough although the store's own events are left out. */
const pageSlack = 64;

export async function* readAll(
  connection: Connection,
  settings: Settings,
  options: ReadAllOptions = {},
): AsyncGenerator<RecordedEvent, void, undefined> {
  const { direction = 'forwards', signal } = options;
  const place = { last: options.after, isAtEnd: false };
  let remaining = options.limit ?? Number.MAX_SAFE_INTEGER;
  while (remaining > 0 && !place.isAtEnd) {
    const maxCount = Math.min(remaining + pageSlack, Number.MAX_SAFE_INTEGER);
    const open = openAll(place.last, direction, maxCount);
    let received = 0;
    for await (const events of read(open, connection, settings, signal)) {
      received += events.length;
      const ours = oursAfter(place, events).slice(0, remaining);
      for (const event of ours) {
        signal?.throwIfAborted();
        yield event;
      }
      remaining -= ours.length;
      if (remaining === 0) return;
    }
    place.isAtEnd = received < maxCount;
  }
}

/** Without the store's own, and without the position that was named, which the store includes forwards. */
function oursAfter(
  place: { last: bigint | undefined },
  resolved: readonly ResolvedEvent[],
): readonly RecordedEvent[] {
  return recordedEvents(resolved).filter((event) => {
    const isOurs = event.position !== place.last && !isSystemStream(event.stream);
    place.last = event.position;
    return isOurs;
  });
}

const openAll =
  (after: bigint | undefined, direction: 'forwards' | 'backwards', maxCount: number): Open =>
  ({ client }) => {
    const edge = direction === 'forwards' ? 'start' : 'end';
    const fromPosition = after === undefined ? edge : { commit: after, prepare: after };
    return client.readAll({ direction, maxCount, fromPosition }, readableOptions);
  };

/** Everything of one call, as it comes; opens another one if it fails before anything came. */
async function* read(
  open: Open,
  connection: Connection,
  settings: Settings,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ResolvedEvent[], void, undefined> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    let hasCome = false;
    try {
      for await (const events of readOnce(open, connection, settings, signal)) {
        hasCome = true;
        yield events;
      }
      return;
    } catch (error) {
      if (isNothing(error)) return;
      signal?.throwIfAborted();
      if (hasCome || attempt === mostAttempts || connection.closed.aborted) {
        throw new StoreUnavailable(messageOf(error), { cause: error });
      }
    }
    await pause(backoffMs(attempt, firstPauseMs, longestPauseMs), connection.closed);
  }
}

const isNothing = (error: unknown): boolean =>
  error instanceof StreamNotFoundError || error instanceof StreamDeletedError;

async function* readOnce(
  open: Open,
  connection: Connection,
  settings: Settings,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ResolvedEvent[], void, undefined> {
  const line = connection.line();
  const stream = open(line);
  const signals = [line.lost, ...(signal === undefined ? [] : [signal])];
  const puller = createPuller<ResolvedEvent>(stream, { signals, cancel: () => stream.cancel() });
  try {
    do {
      const events = puller.take();
      if (events.length > 0) yield events;
    } while (await puller.wait(settings.readDeadlineMs));
  } finally {
    puller.stop();
  }
}
