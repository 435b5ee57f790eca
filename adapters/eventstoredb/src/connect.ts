/** The EventStore port on the official client of EventStoreDB: the connection string is all that tells one store from another. */
import { fail, ok } from '@sluice/core/kernel/result.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { append } from './append.ts';
import { openConnection } from './connection.ts';
import type { EventStoreOptions } from './options.ts';
import { settingsOf } from './options.ts';
import { readAll, readStream } from './read.ts';
import { subscribeAll } from './subscribe.ts';
import { messageOf, withDeadline } from './wait.ts';

/** A stream that is never written: that it is missing is an answer, too. */
const pingStream = 'sluice-ping';

/** `url`: `esdb://host:port?tls=false` and the like. Throws for one that cannot be read; connects at the first call. */
export function connectEventStore(url: string, options: EventStoreOptions = {}): EventStore {
  const settings = settingsOf(options);
  const connection = openConnection(url);
  return {
    append: (stream, events, expected) => append(connection, settings, { stream, events, expected }),
    readStream: (stream, readOptions) => readStream(connection, settings, { stream, options: readOptions }),
    readAll: (readOptions) => readAll(connection, settings, readOptions),
    subscribeAll: (subscribeOptions) => subscribeAll(connection, settings, subscribeOptions),
    async ping(timeoutMs) {
      const stop = new AbortController();
      const answer = async (): Promise<void> => {
        const events = readStream(connection, settings, {
          stream: pingStream,
          options: { limit: 1, signal: stop.signal },
        });
        for await (const _ of events) return;
      };
      try {
        await withDeadline(answer(), timeoutMs);
        return ok(undefined);
      } catch (error) {
        return fail(messageOf(error));
      } finally {
        stop.abort();
      }
    },
    close: () => connection.close(),
  };
}
