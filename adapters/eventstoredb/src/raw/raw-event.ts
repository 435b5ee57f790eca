/** An event with its bytes as the store keeps them: the client's own events have been through JSON, which changes some. */
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

export interface RawEvent {
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

/** Revision of the event that ends a tombstoned stream. */
export const tombstone = 9_223_372_036_854_775_807n;

const ticksPerMillisecond = 10_000n;

/** Undefined for an answer that is no event. */
export function toRawEvent(response: ReadResp): RawEvent | undefined {
  const recorded = response.getEvent()?.getEvent();
  if (recorded === undefined) return undefined;
  const properties = recorded.getMetadataMap();
  return {
    id: recorded.getId()?.getString() ?? '',
    stream: Buffer.from(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8'),
    revision: BigInt(recorded.getStreamRevision()),
    position: BigInt(recorded.getCommitPosition()),
    type: properties.get('type') ?? '',
    isJson: properties.get('content-type') === 'application/json',
    created: Number(BigInt(properties.get('created') ?? '0') / ticksPerMillisecond),
    data: recorded.getData_asU8(),
    metadata: recorded.getCustomMetadata_asU8(),
  };
}

/** Whether a server writes the stream by itself; metadata of other streams are not meant. */
export const isServersOwn = (stream: string): boolean => /^\$(?!\$[^$])/.test(stream);

/** Whether the events of the stream are metadata of another. */
export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
