/** One ReadResp with an event, field by field: for the rare ones that the batch writer does not know, links and tombstones. */
import { ProtobufWriter } from '../protobuf/writer.ts';
import { uuidTextLength, writeStructuredUuid, writeUuidText } from '../protobuf/uuid.ts';
import type { StreamNames, TypeNames } from '../store/names.ts';
import type { StoredEvent } from '../store/requests.ts';
import { tombstoneRevision } from '../store/requests.ts';

export interface EventNames {
  readonly streams: StreamNames;
  readonly types: TypeNames;
  readonly structuredIds: boolean;
}

/** What clients are told as revision of a tombstone: 2^63-1. */
const tombstoneForClients = 9_223_372_036_854_775_807n;
/** A millisecond is 10,000 ticks of 100 ns. */
const ticksSuffix = '0000';

/** The event, and the link that led to it; an event that is undefined is gone. */
export function writeReadEvent(
  event: StoredEvent | undefined,
  link: StoredEvent | undefined,
  names: EventNames,
): Buffer {
  const position = (link ?? event)?.position ?? 0;
  return new ProtobufWriter()
    .message(1, (read) => {
      if (event !== undefined) read.message(1, (recorded) => writeRecorded(recorded, event, names));
      if (link !== undefined) read.message(2, (recorded) => writeRecorded(recorded, link, names));
      read.number(3, position);
    })
    .finish();
}

function writeRecorded(writer: ProtobufWriter, event: StoredEvent, names: EventNames): void {
  const { name, isJson } = names.types.byId(event.type);
  const entry = (key: string, value: string): void =>
    void writer.message(6, (pair) => pair.string(1, key).string(2, value));
  if (names.structuredIds) writeStructuredUuid(writer, 1, event.id);
  else writer.message(1, (id) => id.bytes(2, uuidText(event.id)));
  writer.message(2, (identifier) => identifier.string(3, names.streams.byId(event.stream).name));
  if (event.revision === tombstoneRevision) writer.int64(3, tombstoneForClients);
  else writer.number(3, event.revision);
  writer.number(4, event.position).number(5, event.position);
  entry('type', name);
  entry('content-type', isJson ? 'application/json' : 'application/octet-stream');
  entry('created', String(event.created) + ticksSuffix);
  writer.bytes(7, event.metadata).bytes(8, event.data);
}

function uuidText(id: Uint8Array): Buffer {
  const text = Buffer.alloc(uuidTextLength);
  writeUuidText(id, text, 0);
  return text;
}
