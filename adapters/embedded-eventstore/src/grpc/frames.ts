/** Length-prefixed messages of gRPC over HTTP/2: one byte for compression, four for the length, then the message. */
import { GrpcError, statusCode } from './status.ts';

export const frameHeaderLength = 5;

/** Puts the header before a message that lies in `buffer` from `start + frameHeaderLength` to `end`. */
export function writeFrameHeader(buffer: Buffer, start: number, messageLength: number): void {
  buffer[start] = 0;
  buffer.writeUInt32BE(messageLength, start + 1);
}

/** A message with its header. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(frameHeaderLength + message.length);
  writeFrameHeader(framed, 0, message.length);
  framed.set(message, frameHeaderLength);
  return framed;
}

export interface FrameReader {
  /** The messages that this chunk completes. Throws GrpcError for a compressed or an over-long one. */
  push(chunk: Buffer): readonly Buffer[];
  /** Whether a message has begun that is not complete. */
  isPartial(): boolean;
}

export function createFrameReader(maxMessageLength: number): FrameReader {
  let pending: Buffer[] = [];
  let pendingLength = 0;
  let needed = frameHeaderLength;

  const join = (): Buffer => {
    const [first] = pending;
    const joined =
      pending.length === 1 && first !== undefined ? first : Buffer.concat(pending, pendingLength);
    pending = [];
    pendingLength = 0;
    return joined;
  };

  const keep = (rest: Buffer): void => {
    if (rest.length === 0) return;
    pending.push(rest);
    pendingLength += rest.length;
  };

  return {
    push(chunk) {
      keep(chunk);
      if (pendingLength < needed) return [];
      const bytes = join();
      const messages: Buffer[] = [];
      let at = 0;
      for (;;) {
        needed = frameHeaderLength;
        if (bytes.length - at < needed) break;
        needed += messageLength(bytes, at, maxMessageLength);
        if (bytes.length - at < needed) break;
        messages.push(bytes.subarray(at + frameHeaderLength, at + needed));
        at += needed;
      }
      keep(bytes.subarray(at));
      return messages;
    },
    isPartial: () => pendingLength > 0,
  };
}

function messageLength(bytes: Buffer, at: number, max: number): number {
  if (bytes[at] !== 0) {
    throw new GrpcError({
      code: statusCode.unimplemented,
      message: 'Compressed messages are not supported',
    });
  }
  const length = bytes.readUInt32BE(at + 1);
  if (length > max) {
    const message = `Message of ${length} bytes is larger than ${max}`;
    throw new GrpcError({ code: statusCode.resourceExhausted, message });
  }
  return length;
}
