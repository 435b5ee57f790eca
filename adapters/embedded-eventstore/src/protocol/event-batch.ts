/**
 * Writes stored events as framed ReadResp messages, many into one buffer. This is where a server of reads spends its time, so
 * the lengths are computed first and every byte is written once.
 */
import type { StoredEvent } from '../store/requests.ts';
import { tombstoneRevision } from '../store/requests.ts';
import type { EventNames } from './event-message.ts';
import { writeReadEvent } from './event-message.ts';
import { frameHeaderLength, writeFrameHeader } from '../grpc/frames.ts';
import { uuidTextLength, writeStructuredUuid, writeUuidText } from '../protobuf/uuid.ts';
import { ProtobufWriter, varintLength, writeVarint } from '../protobuf/writer.ts';

export interface EventBatch {
  /** Adds an event; false: the batch is large enough to be sent. */
  add(event: StoredEvent): boolean;
  /** The same for an event that a link led to. */
  addLinked(event: StoredEvent | undefined, link: StoredEvent): boolean;
  /** The frames so far, and a new batch begins. */
  take(): Buffer;
  /** Frames that were taken and that nobody needs any more: later ones are written over them. */
  giveBack(frames: Buffer): void;
  isEmpty(): boolean;
}

/** Bytes after which a batch is sent. */
const batchSize = 64 * 1024;
/** The event that fills a batch mostly fits behind that. */
const slack = 8 * 1024;
/** Buffers that wait for the next batches: two are on their way while one is filled. */
const mostSpare = 3;
/** More than all fields of an event take beside its content and its names. */
const fixedFields = 160;

/** Tags: field number * 8 + wire type. */
const tag = {
  readEvent: 0x0a,
  recordedEvent: 0x0a,
  eventCommitPosition: 0x18,
  id: 0x0a,
  idString: 0x12,
  streamRevision: 0x18,
  preparePosition: 0x20,
  commitPosition: 0x28,
  metadataEntry: 0x32,
  mapKey: 0x0a,
  mapValue: 0x12,
  customMetadata: 0x3a,
  data: 0x42,
};

/** The id as text: two tags, two lengths, 36 characters. */
const idPrefix = Buffer.from([tag.id, uuidTextLength + 2, tag.idString, uuidTextLength]);

/** The entry `created` up to its value: 100 ns ticks since 1970, 17 digits until the year 2286. */
const createdDigits = 17;
const createdPrefix = Buffer.concat([
  Buffer.from([tag.metadataEntry, 2 + 'created'.length + 2 + createdDigits, tag.mapKey, 'created'.length]),
  Buffer.from('created'),
  Buffer.from([tag.mapValue, createdDigits]),
]);
/** A millisecond is 10,000 ticks. */
const ticksSuffix = '0000';

export function createEventBatch(names: EventNames): EventBatch {
  const streamFields = createFieldCache((id: number) => streamField(names.streams.byId(id).name));
  const typeFields = createFieldCache((id: number) => {
    const { name, isJson } = names.types.byId(id);
    return typeField(name, isJson);
  });
  // Buffers outside the heap are what the garbage collector of this server is kept busy by: they are used again.
  const spare: Buffer[] = [];
  const newBuffer = (): Buffer => spare.pop() ?? Buffer.allocUnsafeSlow(batchSize + slack);
  let buffer = newBuffer();
  let length = 0;

  const reserve = (needed: number): void => {
    if (length + needed <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(length + needed, buffer.length * 2));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  };

  const addMessage = (message: Buffer): boolean => {
    reserve(frameHeaderLength + message.length);
    writeFrameHeader(buffer, length, message.length);
    length = copy(message, buffer, length + frameHeaderLength);
    return length < batchSize;
  };

  return {
    add(event) {
      if (event.revision === tombstoneRevision) return addMessage(writeReadEvent(event, undefined, names));
      const stream = streamFields(event.stream);
      const type = typeFields(event.type);
      const structuredId = names.structuredIds ? structuredIdField(event.id) : undefined;
      const idLength = structuredId?.length ?? idPrefix.length + uuidTextLength;
      const positionLength = varintLength(event.position);
      const recorded =
        idLength +
        stream.length +
        type.length +
        createdPrefix.length +
        createdDigits +
        (1 + varintLength(event.revision)) +
        2 * (1 + positionLength) +
        bytesFieldLength(event.metadata) +
        bytesFieldLength(event.data);
      const readEvent = 1 + varintLength(recorded) + recorded + 1 + positionLength;
      const message = 1 + varintLength(readEvent) + readEvent;
      reserve(message + fixedFields);

      writeFrameHeader(buffer, length, message);
      let at = length + frameHeaderLength;
      buffer[at++] = tag.readEvent;
      at = writeVarint(buffer, at, readEvent);
      buffer[at++] = tag.recordedEvent;
      at = writeVarint(buffer, at, recorded);
      if (structuredId === undefined) {
        at = copy(idPrefix, buffer, at);
        writeUuidText(event.id, buffer, at);
        at += uuidTextLength;
      } else at = copy(structuredId, buffer, at);
      at = copy(stream, buffer, at);
      buffer[at++] = tag.streamRevision;
      at = writeVarint(buffer, at, event.revision);
      buffer[at++] = tag.preparePosition;
      at = writeVarint(buffer, at, event.position);
      buffer[at++] = tag.commitPosition;
      at = writeVarint(buffer, at, event.position);
      at = copy(type, buffer, at);
      at = copy(createdPrefix, buffer, at);
      at += buffer.write(createdText(event.created), at, 'latin1');
      at = writeBytesField(buffer, at, tag.customMetadata, event.metadata);
      at = writeBytesField(buffer, at, tag.data, event.data);
      buffer[at++] = tag.eventCommitPosition;
      length = writeVarint(buffer, at, event.position);
      return length < batchSize;
    },
    addLinked: (event, link) => addMessage(writeReadEvent(event, link, names)),
    take() {
      const frames = buffer.subarray(0, length);
      buffer = newBuffer();
      length = 0;
      return frames;
    },
    giveBack({ buffer: bytes }) {
      if (bytes.byteLength !== batchSize + slack || spare.length === mostSpare) return;
      spare.push(Buffer.from(bytes));
    },
    isEmpty: () => length === 0,
  };
}

/** Fields that depend on an interned name only, kept while a read goes on. */
function createFieldCache(make: (id: number) => Buffer): (id: number) => Buffer {
  const fields = new Map<number, Buffer>();
  return (id) => {
    const known = fields.get(id);
    if (known !== undefined) return known;
    if (fields.size > 4096) fields.clear();
    const field = make(id);
    fields.set(id, field);
    return field;
  };
}

const streamField = (name: string): Buffer =>
  new ProtobufWriter().message(2, (identifier) => identifier.string(3, name)).finish();

const typeField = (name: string, isJson: boolean): Buffer =>
  new ProtobufWriter()
    .message(6, (entry) => entry.string(1, 'type').string(2, name))
    .message(6, (entry) =>
      entry.string(1, 'content-type').string(2, isJson ? 'application/json' : 'application/octet-stream'),
    )
    .finish();

function structuredIdField(id: Uint8Array): Buffer {
  const writer = new ProtobufWriter();
  writeStructuredUuid(writer, 1, id);
  return writer.finish();
}

const createdText = (milliseconds: number): string =>
  (String(milliseconds) + ticksSuffix).padStart(createdDigits, '0').slice(-createdDigits);

const bytesFieldLength = (bytes: Uint8Array): number =>
  bytes.length === 0 ? 0 : 1 + varintLength(bytes.length) + bytes.length;

function copy(bytes: Uint8Array, buffer: Buffer, at: number): number {
  buffer.set(bytes, at);
  return at + bytes.length;
}

function writeBytesField(buffer: Buffer, at: number, fieldTag: number, bytes: Uint8Array): number {
  if (bytes.length === 0) return at;
  buffer[at] = fieldTag;
  return copy(bytes, buffer, writeVarint(buffer, at + 1, bytes.length));
}
