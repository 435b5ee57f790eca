/** The official client behind one connection string, replaced by a new one where it cannot be used any more. */
import type { EventStoreDBClient } from '@eventstore/db-client';
import { openClient } from './open-client.ts';
import { withDeadline } from './wait.ts';

export interface Line {
  readonly client: EventStoreDBClient;
  /** Aborts when the client was given up: its streams say nothing then, they must be left. */
  readonly lost: AbortSignal;
}

export interface Connection {
  line(): Line;
  /** Gives this line up; the next call of `line` answers a new one. */
  replace(line: Line): void;
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

const disposeDeadlineMs = 1000;

/** Throws ConnectionStringError for a connection string that cannot be used. Connects at the first call. */
export function openConnection(url: string): Connection {
  const closed = new AbortController();
  const open = (): { line: Line; lost: AbortController } => {
    const lost = new AbortController();
    return { line: { client: openClient(url), lost: lost.signal }, lost };
  };
  let current = open();

  const giveUp = (given: typeof current): Promise<void> => {
    given.lost.abort();
    return dispose(given.line.client);
  };
  return {
    line: () => current.line,
    replace(line) {
      if (line !== current.line || closed.signal.aborted) return;
      const old = current;
      current = open();
      void giveUp(old);
    },
    closed: closed.signal,
    async close() {
      if (closed.signal.aborted) return;
      closed.abort();
      await giveUp(current);
    },
  };
}

/** Ends the client's streams and its connection, which `dispose` alone leaves open. Never rejects. */
async function dispose(client: EventStoreDBClient): Promise<void> {
  try {
    await withDeadline(client.dispose(), disposeDeadlineMs);
  } catch {
    // A stream that does not end is left to the closing of the channel.
  }
  try {
    const channel = await withDeadline(client['getChannel'](), disposeDeadlineMs);
    channel.close();
  } catch {
    // There is no channel, because the server's address could never be resolved.
  }
}
