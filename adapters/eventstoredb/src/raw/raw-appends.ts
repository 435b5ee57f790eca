/** Appends of events as bytes, many under way at once on one call, which keeps their order. */
import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import grpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { RawEvent } from './raw-event.ts';
import { identifierOf } from './raw-reads.ts';

/** The store did not take the events; the message says which and why. */
class AppendRefused extends Error {
  override readonly name = 'AppendRefused';
}

export interface RawAppend {
  readonly stream: string;
  readonly expected: bigint | 'no-stream' | 'any';
  readonly events: readonly RawEvent[];
}

export interface RawAppends {
  /** Resolves with the revision of the last of them when the events are on the server's disk. Rejects with AppendRefused, or with the call's error. */
  append(request: RawAppend): Promise<bigint>;
  end(): void;
}

interface Waiting {
  readonly request: RawAppend;
  readonly resolve: (revision: bigint) => void;
  readonly reject: (error: Error) => void;
}

export async function openRawAppends(client: EventStoreDBClient): Promise<RawAppends> {
  const call = await client['GRPCStreamCreator'](grpc.StreamsClient, 'rawAppend', (service) =>
    service.batchAppend(...client['callArguments']({}, { deadline: Infinity })),
  )();
  const waiting = new Map<string, Waiting>();
  let failure: Error | undefined;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  call.on('error', fail);
  call.on('end', () => fail(new AppendRefused('The store ended the call')));
  call.on('data', (response: BatchAppendResp) => {
    const id = textOf(response.getCorrelationId());
    const answered = waiting.get(id);
    waiting.delete(id);
    const error = response.getError();
    if (error === undefined) answered?.resolve(BigInt(response.getSuccess()?.getCurrentRevision() ?? 0));
    else answered?.reject(refusal(answered.request, error.getMessage()));
  });

  return {
    append(request) {
      if (failure !== undefined) return Promise.reject(failure);
      const id = randomUUID();
      return new Promise((resolve, reject) => {
        waiting.set(id, { request, resolve, reject });
        call.write(messageOf(id, request));
      });
    },
    end() {
      call.end();
    },
  };
}

function refusal({ stream, events }: RawAppend, reason: string): AppendRefused {
  const first = events[0]?.revision ?? 0n;
  return new AppendRefused(`Event ${first} of ${stream} was not taken: ${reason}`);
}

function messageOf(
  id: string,
  { stream, expected, events }: RawAppend,
): InstanceType<typeof streams.BatchAppendReq> {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifierOf(stream));
  if (typeof expected === 'bigint') options.setStreamPosition(String(expected));
  else if (expected === 'any') options.setAny(new shared.Empty());
  else options.setNoStream(new shared.Empty());
  return new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(id))
    .setOptions(options)
    .setProposedMessagesList(events.map(proposed))
    .setIsFinal(true);
}

function proposed(event: RawEvent): InstanceType<typeof streams.BatchAppendReq.ProposedMessage> {
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(event.id))
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  message
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  return message;
}

type Uuid = InstanceType<typeof shared.UUID>;

/** Servers answer with the text as it was sent, or with its two halves. */
function textOf(uuid: Uuid | undefined): string {
  const halves = uuid?.getStructured();
  if (halves === undefined) return uuid?.getString() ?? '';
  const hex = [halves.getMostSignificantBits(), halves.getLeastSignificantBits()]
    .map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
