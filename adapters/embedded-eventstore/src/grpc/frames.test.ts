/** Frames come out whole, however the network cuts them. */
import { describe, expect, it } from 'vitest';
import { createFrameReader, frame } from './frames.ts';
import { GrpcError } from './status.ts';

const messages = [0, 1, 5, 300, 70_000].map((length, index) => Buffer.alloc(length, index + 1));
const wire = Buffer.concat(messages.map(frame));

describe('frames', () => {
  it.each([1, 2, 3, 7, 64, 4096, wire.length])('are read from chunks of %i bytes', (size) => {
    const reader = createFrameReader(100_000);
    const read: Buffer[] = [];
    for (let at = 0; at < wire.length; at += size) read.push(...reader.push(wire.subarray(at, at + size)));
    expect(read).toEqual(messages);
    expect(reader.isPartial()).toBe(false);
  });

  it('that are cut off leave the reader with a part', () => {
    const reader = createFrameReader(100);
    expect(reader.push(frame(Buffer.alloc(10)).subarray(0, 14))).toEqual([]);
    expect(reader.isPartial()).toBe(true);
  });

  it('too long or compressed are refused before their content is there', () => {
    expect(() => createFrameReader(10).push(frame(Buffer.alloc(11)).subarray(0, 5))).toThrow(GrpcError);
    expect(() => createFrameReader(10).push(Buffer.from([1, 0, 0, 0, 1]))).toThrow(GrpcError);
    expect(createFrameReader(10).push(frame(Buffer.alloc(10)))).toHaveLength(1);
  });
});
