/** Events, names and an embedded server for the tests of the event store. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import type { EmbeddedEventStore, EmbeddedEventStoreOptions } from '@sluice/embedded-eventstore';
import type { EventData, NewEvent, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore, SubscriptionMessage } from '@sluice/core/ports/event-store.ts';

/** A stream, or a prefix of streams, that nobody has used before: the store may hold other data. */
export const freshName = (word = 'test'): string => `${word}-${randomUUID()}`;

export const testEvent = (data: EventData = {}, type = 'ThingTested'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    schemaVersion: 1,
    actor: { kind: 'system', id: 'test' },
    at: '2026-11-22T10:00:00.000Z',
    correlationId: randomUUID(),
  },
});

export const testEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, number) => testEvent({ number }));

/** Appends and expects that it is done. */
export async function appended(
  store: EventStore,
  stream: string,
  ...events: NewEvent[]
): Promise<{ readonly revision: number; readonly position: bigint }> {
  const result = await store.append(stream, events, 'any');
  if (!result.ok) throw new Error(`append was refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const readIds = async (store: EventStore, stream: string): Promise<string[]> =>
  (await Array.fromAsync(store.readStream(stream))).map(({ id }) => id);

/** A subscription whose messages are gathered until a condition holds. */
export interface Gathering {
  readonly messages: SubscriptionMessage[];
  readonly events: RecordedEvent[];
  /** Resolves when the condition holds after a message; rejects after the deadline, or when the subscription fails. */
  until(what: string, condition: () => boolean, deadlineMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export function gather(
  store: EventStore,
  options: { readonly after?: bigint; readonly streamPrefixes?: readonly string[] },
): Gathering {
  const stop = new AbortController();
  const messages: SubscriptionMessage[] = [];
  const events: RecordedEvent[] = [];
  let changed = (): void => undefined;
  let failure: Error | undefined;
  const running = (async () => {
    for await (const message of store.subscribeAll({ ...options, signal: stop.signal })) {
      messages.push(message);
      if (message.kind === 'event') events.push(message.event);
      changed();
    }
  })().catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    changed();
  });
  return {
    messages,
    events,
    until: (what, condition, deadlineMs = 15_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`not within ${deadlineMs} ms: ${what} (${messages.length} messages)`)),
          deadlineMs,
        );
        changed = () => {
          if (failure === undefined && !condition()) return;
          clearTimeout(timer);
          if (failure === undefined) resolve();
          else reject(failure);
        };
        changed();
      }),
    async stop() {
      stop.abort();
      await running;
    },
  };
}

/** An embedded server on a file of its own, which can be stopped and started again on the same port. */
export interface TestEventStore {
  readonly url: string;
  readonly port: number;
  readonly file: string;
  /** Ends it as a shutdown does. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** Ends it and removes its file. */
  dispose(): Promise<void>;
}

export async function startTestEventStore(
  options: Pick<EmbeddedEventStoreOptions, 'packing'> = {},
): Promise<TestEventStore> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-events-'));
  const file = join(folder, 'events.db');
  let server: EmbeddedEventStore = await startEmbeddedEventStore({ ...options, file });
  const { port, url } = server;
  return {
    url,
    port,
    file,
    stop: () => server.close(),
    async startAgain() {
      server = await startEmbeddedEventStore({ ...options, file, port });
    },
    async dispose() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
