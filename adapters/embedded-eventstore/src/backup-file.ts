/** A backup: a file of the store's own format, into which another store's events are written as they lie there. */
import { parseUuid } from './protobuf/uuid.ts';
import { StoreFileError } from './store/database.ts';
import { openEventLog } from './store/open-log.ts';
import { tombstoneRevision } from './store/requests.ts';

export interface BackupEvent {
  /** A UUID. */
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly isJson: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface BackupFile extends Disposable {
  /** The last event of an earlier backup into this file; undefined for a new one. */
  readonly last: { readonly position: bigint; readonly id: string } | undefined;
  /** Adds events in the order of their positions; they are on disk when it returns. */
  add(events: readonly BackupEvent[]): void;
  close(): void;
}

/** However few there are: blocks have checksums, and a backup is to know when it is damaged. Only the newest event lies in none. */
const anything = { events: 1, bytes: 1 };

/** Opens the file or makes it. Throws StoreFileError for one that cannot be used. */
export function openBackupFile(file: string): BackupFile {
  const log = openEventLog(file, anything);
  const position = log.lastPosition();
  const last = position < 0 ? undefined : log.reads.at(position);
  const close = (): void => log.close();
  const longestMs = 50;
  return {
    last: last && { position: BigInt(position), id: uuidText(last.id) },
    add(events) {
      log.transaction(() => {
        for (const { stream, ...event } of events) {
          log.copy(stream, {
            ...event,
            id: idOf(event),
            revision: Math.min(Number(event.revision), tombstoneRevision),
            position: Number(event.position),
          });
        }
      });
      while (log.pack(longestMs)) continue;
    },
    close,
    [Symbol.dispose]: close,
  };
}

function idOf({ id, position }: Pick<BackupEvent, 'id' | 'position'>): Uint8Array {
  const bytes = parseUuid(Buffer.from(id, 'latin1'));
  if (bytes === undefined) throw new StoreFileError(`The event at ${position} has no id that could be kept`);
  return bytes;
}

const uuidText = (id: Uint8Array): string =>
  Buffer.from(id)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
