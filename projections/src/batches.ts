/** Gathers the messages of a subscription into batches: as many as there are, or what has come within a moment. */
import type { Position, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { SubscriptionMessage } from '@sluice/core/ports/event-store.ts';

export interface Batch {
  readonly events: readonly RecordedEvent[];
  /** Nothing up to here is missing. Undefined where the log is empty. */
  readonly position: Position | undefined;
  /** True for the batch that gets to what was the end of the log when the subscription began. */
  readonly isCaughtUp: boolean;
}

export interface BatchOptions {
  /** Events in a batch, at most. */
  readonly maxEvents: number;
  /** End of the log before the subscription began: being caught up means being there at least. */
  readonly head: Position | undefined;
}

/** How long the first event of a batch waits for others. */
const gatherMs = 20;
/** How long a checkpoint without events waits: it is written for the next start only. */
const idleMs = 1_000;

interface Buffer {
  events: RecordedEvent[];
  position: Position | undefined;
  isCaughtUp: boolean;
}

const emptyBuffer = (): Buffer => ({ events: [], position: undefined, isCaughtUp: false });

/** Reads ahead by one batch. Ends with the messages; stop those (by their signal) before leaving early. */
export async function* batches(
  messages: AsyncIterable<SubscriptionMessage>,
  { maxEvents, head }: BatchOptions,
): AsyncGenerator<Batch, void> {
  let buffer = emptyBuffer();
  let ended: { readonly error?: unknown } | undefined;
  let changed = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();
  const isEmpty = (): boolean => buffer.position === undefined && !buffer.isCaughtUp;
  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  const fill = async (): Promise<void> => {
    for await (const message of messages) {
      const wasEmpty = isEmpty();
      put(buffer, message, head);
      const isFull = buffer.events.length >= maxEvents;
      if (wasEmpty || isFull || buffer.events.length === 1 || buffer.isCaughtUp) tell();
      if (isFull) await taken.promise;
    }
  };
  fill().then(
    () => {
      ended = {};
      tell();
    },
    (error: unknown) => {
      ended = { error };
      tell();
    },
  );

  const isDue = (): boolean => buffer.events.length >= maxEvents || buffer.isCaughtUp || ended !== undefined;
  for (;;) {
    while (isEmpty() && ended === undefined) await changed.promise;
    if (!isDue())
      await settle(
        () => changed.promise,
        isDue,
        () => (buffer.events.length > 0 ? gatherMs : idleMs),
      );
    if (!isEmpty()) {
      const batch: Batch = buffer;
      buffer = emptyBuffer();
      taken.resolve();
      taken = Promise.withResolvers<void>();
      yield batch;
    } else if (ended !== undefined) {
      if ('error' in ended) throw ended.error;
      return;
    }
  }
}

function put(buffer: Buffer, message: SubscriptionMessage, head: Position | undefined): void {
  switch (message.kind) {
    case 'event':
      buffer.events.push(message.event);
      buffer.position = message.event.position;
      return;
    case 'checkpoint':
      buffer.position = message.position;
      return;
    case 'caught-up':
      buffer.isCaughtUp = true;
      buffer.position = later(buffer.position, head);
      return;
    default:
      message satisfies never;
  }
}

const later = (a: Position | undefined, b: Position | undefined): Position | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

/** Waits until it is due, or its time is over. The time may become shorter when something changes. */
async function settle(
  changed: () => Promise<void>,
  isDue: () => boolean,
  waitMs: () => number,
): Promise<void> {
  const began = performance.now();
  while (!isDue()) {
    const left = began + waitMs() - performance.now();
    if (left <= 0) return;
    const timeUp = Promise.withResolvers<void>();
    const timer = setTimeout(timeUp.resolve, left);
    await Promise.race([changed(), timeUp.promise]);
    clearTimeout(timer);
  }
}
