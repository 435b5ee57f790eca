/** UUIDs as the store keeps them (16 bytes), as text, and as two signed 64-bit halves. */
import type { ProtobufReader } from './reader.ts';
import type { ProtobufWriter } from './writer.ts';
import { invalidArgument } from '../grpc/status.ts';

export const uuidTextLength = 36;

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const hexValues = new Int8Array(256).fill(-1);
for (const [value, digits] of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].entries()) {
  hexValues[digits.charCodeAt(0)] = value;
}
for (const [index, letter] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
  hexValues[letter.charCodeAt(0)] = 10 + index;
  hexValues[letter.toUpperCase().charCodeAt(0)] = 10 + index;
}

const dash = 0x2d;
/** Offset of each byte's two digits in `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`. */
const digitOffsets = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const dashOffsets = [8, 13, 18, 23];

/** The 16 bytes of a UUID's text, given in ASCII; undefined if it is none. */
export function parseUuid(text: Uint8Array): Uint8Array | undefined {
  if (text.length !== uuidTextLength) return undefined;
  for (const at of dashOffsets) if (text[at] !== dash) return undefined;
  const bytes = new Uint8Array(16);
  let at = 0;
  let signs = 0;
  for (const offset of digitOffsets) {
    const high = hexValues[text[offset] ?? 0] ?? -1;
    const low = hexValues[text[offset + 1] ?? 0] ?? -1;
    signs |= high | low;
    bytes[at++] = (high << 4) | low;
  }
  return signs < 0 ? undefined : bytes;
}

/** Writes the 36 characters of a UUID at `at`. */
export function writeUuidText(id: Uint8Array, buffer: Uint8Array, at: number): void {
  let index = 0;
  for (const offset of digitOffsets) {
    const byte = id[index++] ?? 0;
    buffer[at + offset] = hexDigits[byte >> 4] ?? 0;
    buffer[at + offset + 1] = hexDigits[byte & 15] ?? 0;
  }
  for (const offset of dashOffsets) buffer[at + offset] = dash;
}

/** event_store.client.UUID: text in field 2, or the two halves in field 1. */
export function readUuid(reader: ProtobufReader): Uint8Array {
  let id: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1) id = readHalves(reader.message());
    else if (reader.field === 2) id = parseUuid(reader.bytes());
  }
  if (id === undefined) throw invalidArgument('Not a UUID');
  return id;
}

function readHalves(reader: ProtobufReader): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  while (reader.next()) {
    if (reader.field === 1) view.setBigInt64(0, reader.int64());
    else if (reader.field === 2) view.setBigInt64(8, reader.int64());
  }
  return new Uint8Array(view.buffer);
}

/** Writes event_store.client.UUID as its two halves into `field`. */
export function writeStructuredUuid(writer: ProtobufWriter, field: number, id: Uint8Array): void {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  writer.message(field, (uuid) =>
    uuid.message(1, (halves) => halves.int64(1, view.getBigInt64(0)).int64(2, view.getBigInt64(8))),
  );
}
