/** A subscription to all streams that outlives its connections: it goes on after the last message that was delivered. */
import type { AllStreamResolvedEvent, Filter, Position as ClientPosition } from '@eventstore/db-client';
import { streamNameFilter } from '@eventstore/db-client';
import type { Position } from '@sluice/core/kernel/event.ts';
import type { SubscribeAllOptions, SubscriptionMessage } from '@sluice/core/ports/event-store.ts';
import type { Connection } from './connection.ts';
import { toRecordedEvent } from './convert.ts';
import type { Settings } from './options.ts';
import { createPuller } from './pull.ts';
import { readableOptions } from './read.ts';
import { oneByOne } from './one-by-one.ts';
import { backoffMs, messageOf, pause } from './wait.ts';

const firstPauseMs = 50;
const longestPauseMs = 5000;
/** Events that the store looks at between two checkpoints. */
const searchWindow = 256;

interface Place {
  /** Of the last message delivered. */
  position: Position | undefined;
  isCaughtUp: boolean;
  readonly prefixes: readonly string[] | undefined;
}

export function subscribeAll(
  connection: Connection,
  settings: Settings,
  { after, streamPrefixes: prefixes, signal }: SubscribeAllOptions,
): AsyncGenerator<SubscriptionMessage, void, undefined> {
  const ended = AbortSignal.any([signal, connection.closed]);
  const place: Place = { position: after, isCaughtUp: false, prefixes };
  return oneByOne(followForEver(connection, settings, place, ended), ended, (message) =>
    advance(place, message),
  );
}

/** Moves the place; false for what must not be delivered: "caught up" is said once, however often connections say it. */
function advance(place: Place, message: SubscriptionMessage): boolean {
  if (message.kind !== 'caught-up') {
    place.position = positionOf(message);
    return true;
  }
  const isFirst = !place.isCaughtUp;
  place.isCaughtUp = true;
  return isFirst;
}

/** One connection after the other, each from the place that was reached. */
async function* followForEver(
  connection: Connection,
  settings: Settings,
  place: Readonly<Place>,
  ended: AbortSignal,
): AsyncGenerator<readonly SubscriptionMessage[], void, undefined> {
  if (place.prefixes?.length === 0) throw new RangeError('streamPrefixes must not be empty');
  for (let failures = 0; !ended.aborted; failures += 1) {
    try {
      for await (const messages of follow(connection, settings, place, ended)) {
        failures = 0;
        yield messages;
      }
    } catch (error) {
      if (!ended.aborted) settings.onInterruption(messageOf(error));
    }
    await pause(backoffMs(failures, firstPauseMs, longestPauseMs), ended);
  }
}

const positionOf = (message: Exclude<SubscriptionMessage, { kind: 'caught-up' }>): Position =>
  message.kind === 'event' ? message.event.position : message.position;

/** The messages of one connection as they come, until it breaks. */
async function* follow(
  connection: Connection,
  settings: Settings,
  { position: after, prefixes }: Readonly<Place>,
  signal: AbortSignal,
): AsyncGenerator<readonly SubscriptionMessage[], void, undefined> {
  const line = connection.line();
  const notices = createNotices();
  const subscription = line.client.subscribeToAll(
    {
      fromPosition: after === undefined ? 'start' : { commit: after, prepare: after },
      filter: filterOf(prefixes, (position) => tell({ kind: 'checkpoint', position })),
    },
    readableOptions,
  );
  const puller = createPuller<AllStreamResolvedEvent>(subscription, {
    signals: [line.lost, signal],
    cancel: () => subscription.unsubscribe(),
  });
  const tell = (message: SubscriptionMessage): void => {
    notices.add(puller.received(), message);
    puller.wake();
  };
  let isConfirmed = false;
  subscription.on('confirmation', () => {
    isConfirmed = true;
    puller.wake();
  });
  subscription.on('caughtUp', () => tell({ kind: 'caught-up' }));

  try {
    do {
      const messages = notices.among(puller.take());
      if (messages.length > 0) yield messages;
    } while (await puller.wait(isConfirmed ? undefined : settings.readDeadlineMs));
  } finally {
    puller.stop();
  }
}

interface Notices {
  /** `before`: events that come before the notice, counted from the beginning. */
  add(before: number, message: SubscriptionMessage): void;
  /** These events, being the next ones, and the notices in their places among them. */
  among(events: readonly AllStreamResolvedEvent[]): readonly SubscriptionMessage[];
}

/** Checkpoints and the like overtake the events that wait to be taken, so they are put back in their places. */
function createNotices(): Notices {
  const waiting: { readonly before: number; readonly message: SubscriptionMessage }[] = [];
  let count = 0;
  const takeDue = (messages: SubscriptionMessage[]): void => {
    for (let first = waiting[0]; first !== undefined && first.before <= count; first = waiting[0]) {
      messages.push(first.message);
      waiting.shift();
    }
  };
  return {
    add(before, message) {
      // Of checkpoints with nothing between them the last says it all; a slow consumer must not gather them.
      const previous = waiting.at(-1);
      if (previous?.before === before && previous.message.kind === message.kind) waiting.pop();
      waiting.push({ before, message });
    },
    among(events) {
      const messages: SubscriptionMessage[] = [];
      takeDue(messages);
      for (const resolved of events) {
        count += 1;
        const event = toRecordedEvent(resolved);
        if (event !== undefined) messages.push({ kind: 'event', event });
        if (waiting.length > 0) takeDue(messages);
      }
      return messages;
    },
  };
}

function filterOf(
  prefixes: readonly string[] | undefined,
  onCheckpoint: (position: Position) => void,
): Filter {
  const options = {
    maxSearchWindow: searchWindow,
    checkpointReached: (_: unknown, { commit }: ClientPosition) => onCheckpoint(commit),
  };
  return prefixes === undefined
    ? streamNameFilter({ ...options, regex: '^[^$]' })
    : streamNameFilter({ ...options, prefixes: [...prefixes] });
}
