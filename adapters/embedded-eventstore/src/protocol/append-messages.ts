/** The request messages of Streams.Append and Streams.BatchAppend (event_store.client.streams, streams.proto). */
import type { Expected, ProposedEvent } from '../store/requests.ts';
import { GrpcError, invalidArgument, statusCode } from '../grpc/status.ts';
import { ProtobufReader } from '../protobuf/reader.ts';
import { readUuid } from '../protobuf/uuid.ts';

/** One AppendReq: options first, then one event a message. */
export type AppendMessage =
  | { readonly kind: 'options'; readonly stream: string; readonly expected: Expected }
  | { readonly kind: 'event'; readonly event: ProposedEvent };

export interface BatchOptions {
  readonly stream: string;
  readonly expected: Expected;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
}

/** One BatchAppendReq; a batch may be cut into several, the options being in the first. */
export interface BatchAppendMessage {
  /** The UUID message as sent, to be sent back. */
  readonly correlationId: Buffer;
  readonly options: BatchOptions | undefined;
  readonly events: readonly ProposedEvent[];
  readonly isFinal: boolean;
  /** What is wrong with the options or an event: the batch cannot be appended. */
  readonly problem: string | undefined;
}

export function readAppendMessage(bytes: Buffer): AppendMessage {
  const reader = new ProtobufReader(bytes);
  let message: AppendMessage | undefined;
  while (reader.next()) {
    if (reader.field === 1) message = { kind: 'options', ...readAppendOptions(reader.message()) };
    else if (reader.field === 2) message = { kind: 'event', event: readProposedEvent(reader.message()) };
  }
  if (message === undefined) throw invalidArgument('An append message without content');
  return message;
}

/** Throws GrpcError where not even the batch is known that the message is part of. */
export function readBatchAppendMessage(bytes: Buffer, now: number): BatchAppendMessage {
  const reader = new ProtobufReader(bytes);
  let correlationId: Buffer | undefined;
  let options: BatchOptions | undefined;
  const events: ProposedEvent[] = [];
  let isFinal = false;
  let problem: string | undefined;
  const readPart = (read: (part: ProtobufReader) => void): void => {
    const part = reader.message();
    try {
      read(part);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      problem ??= error.message;
    }
  };
  while (reader.next()) {
    if (reader.field === 1) correlationId = reader.bytes();
    else if (reader.field === 2) readPart((part) => (options = readBatchOptions(part, now)));
    else if (reader.field === 3) readPart((part) => events.push(readProposedEvent(part)));
    else if (reader.field === 4) isFinal = reader.boolean();
  }
  if (correlationId === undefined) throw invalidArgument('The correlation id is missing');
  readUuid(new ProtobufReader(correlationId));
  return { correlationId, options, events, isFinal, problem };
}

/** event_store.client.StreamIdentifier. */
export function readStreamIdentifier(reader: ProtobufReader): string {
  let name = '';
  while (reader.next()) if (reader.field === 3) name = reader.string();
  if (name === '') throw invalidArgument('The stream name is missing');
  return name;
}

/** A stream that can be written: `$all` is every stream, not one. */
function readWritableStream(reader: ProtobufReader): string {
  const name = readStreamIdentifier(reader);
  if (name === '$all') throw invalidArgument('$all cannot be written');
  return name;
}

/** The words for an expected revision, by the number of their (empty) field; both kinds of options have the same. */
const expectedWords: Readonly<Record<number, Expected>> = { 3: 'no-stream', 4: 'any', 5: 'stream-exists' };

function readAppendOptions(reader: ProtobufReader): { stream: string; expected: Expected } {
  let stream = '';
  let expected: Expected = 'any';
  while (reader.next()) {
    if (reader.field === 1) stream = readWritableStream(reader.message());
    else if (reader.field === 2) expected = reader.number();
    else expected = expectedWords[reader.field] ?? expected;
  }
  if (stream === '') throw invalidArgument('The stream name is missing');
  return { stream, expected };
}

/** DeleteReq and TombstoneReq alike: the stream and what it is expected to be. */
export function readEndRequest(bytes: Buffer): { stream: string; expected: Expected } {
  const reader = new ProtobufReader(bytes);
  let options: { stream: string; expected: Expected } | undefined;
  while (reader.next()) if (reader.field === 1) options = readAppendOptions(reader.message());
  if (options === undefined) throw invalidArgument('The options are missing');
  return options;
}

function readBatchOptions(reader: ProtobufReader, now: number): BatchOptions {
  let stream = '';
  let expected: Expected = 'any';
  let deadline: number | undefined;
  while (reader.next()) {
    if (reader.field === 1) stream = readWritableStream(reader.message());
    else if (reader.field === 2) expected = reader.number();
    else if (reader.field === 6) deadline = readSeconds(reader.message());
    else if (reader.field === 7) deadline = now + readSeconds(reader.message());
    else expected = expectedWords[reader.field] ?? expected;
  }
  if (stream === '') throw invalidArgument('The stream name is missing');
  return { stream, expected, deadline };
}

/** google.protobuf.Timestamp and Duration alike: seconds and nanoseconds, here as milliseconds. */
function readSeconds(reader: ProtobufReader): number {
  let milliseconds = 0;
  while (reader.next()) {
    if (reader.field === 1) milliseconds += Number(reader.int64()) * 1000;
    else if (reader.field === 2) milliseconds += Number(reader.int64()) / 1e6;
  }
  return milliseconds;
}

const noBytes = new Uint8Array(0);

function readProposedEvent(reader: ProtobufReader): ProposedEvent {
  let id: Uint8Array | undefined;
  const described = { type: '', contentType: '' };
  let data: Uint8Array = noBytes;
  let metadata: Uint8Array = noBytes;
  while (reader.next()) {
    if (reader.field === 1) id = readUuid(reader.message());
    else if (reader.field === 2) readMetadataEntry(reader.message(), described);
    else if (reader.field === 3) metadata = reader.bytes();
    else if (reader.field === 4) data = reader.bytes();
  }
  if (id === undefined) throw invalidArgument('An event without id');
  if (described.type === '') throw missingMetadata('type');
  return { id, type: described.type, isJson: described.contentType === 'application/json', data, metadata };
}

function readMetadataEntry(reader: ProtobufReader, described: { type: string; contentType: string }): void {
  let key = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) value = reader.string();
  }
  if (key === 'type') described.type = value;
  else if (key === 'content-type') described.contentType = value;
}

const missingMetadata = (name: string): GrpcError =>
  new GrpcError({
    code: statusCode.invalidArgument,
    message: `Required metadata property ${name} is missing`,
    trailers: {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': name,
    },
  });
