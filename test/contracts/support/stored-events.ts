/** All events in the file of an embedded event store that does not run, byte for byte. */
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { openRawLog } from '@sluice/eventstoredb';

export interface StoredRow {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly isJson: boolean;
  readonly created: number;
  readonly id: string;
  /** In hex. */
  readonly data: string;
  readonly metadata: string;
}

/** In the order of their positions, those of the store itself included. */
export async function storedEvents(file: string): Promise<readonly StoredRow[]> {
  await using server = await startEmbeddedEventStore({ file });
  await using log = openRawLog(server.url);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return await Array.fromAsync(log.all(), ({ data, metadata, ...event }) => ({
    ...event,
    data: hex(data),
    metadata: hex(metadata),
  }));
}
