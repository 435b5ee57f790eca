/** The wire format of protobuf: known bytes, round trips, and what is refused. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ProtobufReader } from './reader.ts';
import { parseUuid, readUuid, writeStructuredUuid, writeUuidText } from './uuid.ts';
import { ProtobufWriter, varintLength, writeVarint } from './writer.ts';

const numbers = [
  0,
  1,
  127,
  128,
  300,
  2 ** 21,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40 + 5,
  Number.MAX_SAFE_INTEGER,
];

describe('protobuf', () => {
  it('writes the bytes of the examples in its specification', () => {
    expect(new ProtobufWriter().number(1, 150).finish().toString('hex')).toBe('089601');
    expect(new ProtobufWriter().string(2, 'testing').finish().toString('hex')).toBe('120774657374696e67');
    const nested = new ProtobufWriter().message(3, (inner) => inner.number(1, 150)).finish();
    expect(nested.toString('hex')).toBe('1a03089601');
    expect(new ProtobufWriter().int64(1, -2n).finish().toString('hex')).toBe('08feffffffffffffffff01');
  });

  it.each(numbers)('reads %i as it was written', (number) => {
    const reader = new ProtobufReader(new ProtobufWriter().number(1, number).number(200, number).finish());
    expect([reader.next(), reader.field, reader.number()]).toEqual([true, 1, number]);
    expect([reader.next(), reader.field, reader.number()]).toEqual([true, 200, number]);
    expect(reader.next()).toBe(false);
    expect(writeVarint(Buffer.alloc(10), 0, number)).toBe(varintLength(number));
  });

  it('reads nested messages of any length', () => {
    for (const length of [0, 10, 120, 128, 5000, 20_000]) {
      const name = 'ü'.repeat(length);
      const bytes = new ProtobufWriter()
        .message(4, (outer) => outer.message(1, (inner) => inner.string(3, name)).number(2, length))
        .finish();
      const reader = new ProtobufReader(bytes);
      expect(reader.next()).toBe(true);
      const outer = reader.message();
      expect(outer.next()).toBe(true);
      const inner = outer.message();
      expect([inner.next(), inner.string(), inner.next()]).toEqual([true, name, false]);
      expect([outer.next(), outer.number(), outer.next(), reader.next()]).toEqual([
        true,
        length,
        false,
        false,
      ]);
    }
  });

  it('passes over fields that it does not know', () => {
    const bytes = Buffer.concat([
      new ProtobufWriter().number(5, 7).string(6, 'skipped').finish(),
      Buffer.from([(7 << 3) | 5, 1, 2, 3, 4, (8 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8]),
      new ProtobufWriter().string(9, 'found').finish(),
    ]);
    const reader = new ProtobufReader(bytes);
    let found = '';
    while (reader.next()) if (reader.field === 9) found = reader.string();
    expect(found).toBe('found');
  });

  it('refuses text that is not UTF-8, and takes a replacement character that is', () => {
    const text = (bytes: Buffer): string => {
      const reader = new ProtobufReader(new ProtobufWriter().bytes(1, bytes).finish());
      reader.next();
      return reader.string();
    };
    expect(text(Buffer.from('a\ufffdb'))).toBe('a\ufffdb');
    expect(() => text(Buffer.from([0x61, 0xff]))).toThrow('UTF-8');
  });

  it.each(['08', '08ffffffffffffffffffff01', '0a05ab', '00', '0b', '0d010203'])('refuses %s', (hex) => {
    const readAll = (): void => {
      const reader = new ProtobufReader(Buffer.from(hex, 'hex'));
      while (reader.next());
    };
    expect(readAll).toThrow('Malformed');
  });
});

describe('uuids', () => {
  it('are the same as text and as halves', () => {
    for (let round = 0; round < 100; round += 1) {
      const id = randomBytes(16);
      const text = Buffer.alloc(36);
      writeUuidText(id, text, 0);
      expect(text.toString()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      expect(text.toString().replaceAll('-', '')).toBe(id.toString('hex'));
      expect(Buffer.from(parseUuid(Buffer.from(text.toString().toUpperCase()))!)).toEqual(id);

      const writer = new ProtobufWriter();
      writeStructuredUuid(writer, 1, id);
      const reader = new ProtobufReader(writer.finish());
      reader.next();
      expect(Buffer.from(readUuid(reader.message()))).toEqual(id);
    }
  });

  it.each([
    '',
    'x',
    '0193a000-0000-7000-8000-00000000000',
    '0193a0000000-7000-8000-0000000000000',
    `${'g'.repeat(8)}-0000-7000-8000-000000000000`,
  ])('are not %j', (text) => {
    expect(parseUuid(Buffer.from(text))).toBeUndefined();
  });
});
