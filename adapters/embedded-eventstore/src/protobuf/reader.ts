/** Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding) without copying. */
import { GrpcError, statusCode } from '../grpc/status.ts';

const malformed = (what: string): GrpcError =>
  new GrpcError({ code: statusCode.invalidArgument, message: `Malformed protobuf message: ${what}` });

/**
 * Walks the fields of one message: `while (reader.next()) switch (reader.field) …`. A field whose value is not taken is
 * skipped. Throws GrpcError for bytes that are no protobuf message.
 */
export class ProtobufReader {
  /** Number of the current field. */
  field = 0;
  readonly #bytes: Buffer;
  #at = 0;
  #wireType = 0;
  #isTaken = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): boolean {
    if (!this.#isTaken) this.#skip();
    if (this.#at >= this.#bytes.length) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    this.#isTaken = false;
    if (this.field === 0) throw malformed('field number 0');
    return true;
  }

  /** A uint64 as a number; above 2^53 it is rounded. */
  number(): number {
    this.#take(0);
    return this.#varint();
  }

  /** An int64 in its two's complement. */
  int64(): bigint {
    this.#take(0);
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed('varint too long');
  }

  boolean(): boolean {
    return this.number() !== 0;
  }

  /** A view of the message's own bytes. */
  bytes(): Buffer {
    this.#take(2);
    return this.#slice(this.#varint());
  }

  string(): string {
    const bytes = this.bytes();
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd') && !Buffer.from(text).equals(bytes)) throw malformed('text is not UTF-8');
    return text;
  }

  message(): ProtobufReader {
    return new ProtobufReader(this.bytes());
  }

  #take(wireType: number): void {
    if (this.#wireType !== wireType) throw malformed(`wire type ${this.#wireType} in field ${this.field}`);
    this.#isTaken = true;
  }

  #skip(): void {
    this.#isTaken = true;
    switch (this.#wireType) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#slice(8);
        return;
      case 2:
        this.#slice(this.#varint());
        return;
      case 5:
        this.#slice(4);
        return;
      default:
        throw malformed(`wire type ${this.#wireType}`);
    }
  }

  #slice(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed('ends too early');
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed('ends too early');
    this.#at += 1;
    return byte;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('varint too long');
  }
}
