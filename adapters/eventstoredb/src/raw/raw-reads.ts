/** Reads of whole logs and streams, event by event as bytes, on the connection of the official client. */
import type { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RawEvent } from './raw-event.ts';
import { toRawEvent } from './raw-event.ts';

export type RawEvents = AsyncGenerator<RawEvent, void, undefined>;

export interface RawReads {
  /** All events after a position, or from the start. */
  all(after?: bigint): RawEvents;
  /** The event at a position; undefined if there is none. */
  at(position: bigint): Promise<RawEvent | undefined>;
  /** All events, the newest first. */
  allBackwards(): RawEvents;
  /** Events of a stream from a revision on; none if the stream is not there. Rejects if it was tombstoned. */
  stream(name: string, from: bigint): RawEvents;
  /** Revision of a stream's last event; undefined if it is not there. */
  lastRevision(name: string): Promise<bigint | undefined>;
}

type Options = InstanceType<typeof streams.ReadReq.Options>;

const everything = String(2n ** 63n - 1n);

export function createRawReads(client: EventStoreDBClient): RawReads {
  const read = async function* (fill: (options: Options) => void): RawEvents {
    const call = await client['GRPCStreamCreator'](grpc.StreamsClient, 'rawRead', (service) =>
      service.read(requestOf(fill), ...client['callArguments']({}, { deadline: Infinity })),
    )();
    // A call that is cancelled below says so as an error, when nobody listens any more.
    call.on('error', () => undefined);
    try {
      for await (const response of call) {
        const event = toRawEvent(response);
        if (event !== undefined) yield event;
      }
    } finally {
      call.cancel();
    }
  };
  const readFrom = (position: bigint | undefined): RawEvents => {
    const from = new streams.ReadReq.Options.AllOptions();
    if (position === undefined) from.setStart(new shared.Empty());
    else from.setPosition(positionOf(position));
    return read((options) => options.setAll(from));
  };
  const backwards = streams.ReadReq.Options.ReadDirection.BACKWARDS;

  return {
    async *all(after) {
      for await (const event of readFrom(after)) if (event.position !== after) yield event;
    },
    async at(position) {
      for await (const event of readFrom(position)) return event.position === position ? event : undefined;
      return undefined;
    },
    allBackwards() {
      const from = new streams.ReadReq.Options.AllOptions().setEnd(new shared.Empty());
      return read((options) => options.setAll(from).setReadDirection(backwards));
    },
    stream(name, from) {
      const place = streamOptions(name).setRevision(String(from));
      return read((options) => options.setStream(place));
    },
    async lastRevision(name) {
      const place = streamOptions(name).setEnd(new shared.Empty());
      for await (const event of read((options) => options.setStream(place).setReadDirection(backwards))) {
        return event.revision;
      }
      return undefined;
    },
  };
}

function requestOf(fill: (options: Options) => void): InstanceType<typeof streams.ReadReq> {
  const options = new streams.ReadReq.Options();
  const ids = new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty());
  options.setUuidOption(ids).setNoFilter(new shared.Empty()).setResolveLinks(false).setCount(everything);
  fill(options);
  return new streams.ReadReq().setOptions(options);
}

const positionOf = (position: bigint): InstanceType<typeof streams.ReadReq.Options.Position> =>
  new streams.ReadReq.Options.Position()
    .setCommitPosition(String(position))
    .setPreparePosition(String(position));

const streamOptions = (name: string): InstanceType<typeof streams.ReadReq.Options.StreamOptions> =>
  new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(name));

export const identifierOf = (name: string): InstanceType<typeof shared.StreamIdentifier> =>
  new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(name)));
