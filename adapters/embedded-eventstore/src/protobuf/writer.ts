/** Writes the protobuf wire format into a growing buffer; fields are written in the order of the calls. */

const wireVarint = 0;
const wireBytes = 2;

/** Bytes of a number as varint. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Writes a varint at `at` and returns where it ends. */
export function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  while (rest > 0x7f_ff_ff_ff) {
    buffer[position++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest > 0x7f) {
    buffer[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[position++] = rest;
  return position;
}

export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  /** What was written; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  number(field: number, value: number): this {
    this.#reserve(20);
    this.#length = writeVarint(this.#buffer, this.#length, field * 8 + wireVarint);
    this.#length = writeVarint(this.#buffer, this.#length, value);
    return this;
  }

  /** Two's complement, as protobuf writes int64. */
  int64(field: number, value: bigint): this {
    this.#reserve(20);
    this.#length = writeVarint(this.#buffer, this.#length, field * 8 + wireVarint);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[this.#length++] = Number(rest);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#reserve(20 + value.length);
    this.#length = writeVarint(this.#buffer, this.#length, field * 8 + wireBytes);
    this.#length = writeVarint(this.#buffer, this.#length, value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  /** An embedded message; `write` adds its fields. Without it: an empty message. */
  message(field: number, write?: (inner: this) => void): this {
    this.#reserve(20);
    this.#length = writeVarint(this.#buffer, this.#length, field * 8 + wireBytes);
    const lengthAt = this.#length;
    this.#length += 1;
    write?.(this);
    const length = this.#length - lengthAt - 1;
    const extra = varintLength(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#buffer.copyWithin(lengthAt + 1 + extra, lengthAt + 1, this.#length);
      this.#length += extra;
    }
    writeVarint(this.#buffer, lengthAt, length);
    return this;
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
