/** Starts the embedded event store: one file, one port, until it is closed. */
import { randomBytes } from 'node:crypto';
import type { User } from './access.ts';
import { createAccess, openAccess } from './access.ts';
import type { TlsFiles } from './grpc/server.ts';
import { startGrpcServer } from './grpc/server.ts';
import { createServices } from './rpc/services.ts';
import type { EventLog } from './store/event-log.ts';
import { openEventLog } from './store/open-log.ts';
import { createGroupCommit } from './store/group-commit.ts';
import { packInBackground } from './store/background-packing.ts';
import { worthPacking } from './store/packer.ts';
import { systemEvents } from './store/system-events.ts';

export interface EmbeddedEventStoreOptions {
  /** Path of the SQLite file; made if there is none. */
  readonly file: string;
  /** Default: localhost. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Who may come in. Default: everybody, without being asked who they are. */
  readonly users?: readonly User[];
  /** Certificate and key, in PEM. Without: plain HTTP/2, where users say who they are as the name of their connection. */
  readonly tls?: TlsFiles;
  /** When events that are no longer new are packed. The defaults are measured; tests have it done early. */
  readonly packing?: {
    /** So many events are worth a block. */
    readonly events: number;
    /** So many bytes of events may wait while others are appended. */
    readonly mostWaitingBytes: number;
  };
}

export interface EmbeddedEventStore extends AsyncDisposable {
  readonly port: number;
  /** Connection string for clients of EventStoreDB, without credentials. */
  readonly url: string;
  /** When what lies unpacked has been made into blocks as far as it fills them, and nothing more is to be done to the file. */
  atRest(): Promise<void>;
  /** Commits what was taken, ends all calls (CANCELLED, an append UNAVAILABLE), and closes the file. */
  close(): Promise<void>;
}

/** Thrown where the address cannot be listened on; the message says which and why. */
export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable';
}

/** Throws StoreFileError for a file that cannot be used, AddressUnavailable for a port that is taken. */
export async function startEmbeddedEventStore(
  options: EmbeddedEventStoreOptions,
): Promise<EmbeddedEventStore> {
  const { file, host = 'localhost', port = 0, users, tls, packing: early } = options;
  const now = (): number => Date.now();
  const log = openEventLog(file, early && { ...worthPacking, events: early.events });
  const commits = createGroupCommit(log, now);
  seed(log, now());
  const packing = packInBackground(log, commits, early?.mostWaitingBytes);
  const access =
    users === undefined ? openAccess : createAccess(users, { log, byConnectionName: tls === undefined });
  const methods = createServices({ log, commits, access, now });
  const server = await startGrpcServer({ host, port, methods, tls }).catch((error: unknown) => {
    packing.close();
    log.close();
    throw addressError(error, host, port);
  });

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      commits.close();
      await server.close();
      packing.close();
      log.close();
    })();
    return closing;
  };
  return {
    port: server.port,
    url: `esdb://${host}:${server.port}?tls=${tls !== undefined}`,
    atRest: () => packing.atRest(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A new store is not empty, like a real one: clients learn to expect events that are not theirs. */
function seed(log: EventLog, now: number): void {
  if (log.lastPosition() >= 0) return;
  log.transaction(() => {
    for (const { stream, type, data } of systemEvents) {
      const event = {
        id: randomBytes(16),
        type,
        isJson: true,
        data: Buffer.from(JSON.stringify(data)),
        metadata: new Uint8Array(0),
      };
      log.append({ stream, expected: 'any', events: [event] }, now);
    }
  });
}

function addressError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new AddressUnavailable(`Port ${port} of ${host} is taken by another process`, { cause: error });
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new AddressUnavailable(`Cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
  return error;
}
