/** The message of a delivery: what it needs from the host, and its bytes as a stream. */
import { isAscii } from 'node:buffer';
import { Readable } from 'node:stream';
import type { DeliveryRequest } from '@sluice/core/ports/delivery.ts';

export interface MessageNeeds {
  /** Bytes with what is put before the mail. */
  readonly size: number;
  /** Some byte is above 127 (RFC 6152). */
  readonly eightBit: boolean;
  /** An address or the header is not ASCII (RFC 6531); said of the mail as it is, not as its sender declared it. */
  readonly smtpUtf8: boolean;
}

export function needsOf({ prepend, raw, sender, recipients, smtpUtf8 }: DeliveryRequest): MessageNeeds {
  const before = Buffer.from(prepend);
  const eightBit = !isAscii(raw) || !isAscii(before);
  const isPlainEnvelope = [sender, ...recipients].every((address) => isAscii(Buffer.from(address)));
  const needsUtf8 = !isPlainEnvelope || !isAscii(before) || !isAscii(headerOf(raw));
  return { size: before.length + raw.length, eightBit, smtpUtf8: smtpUtf8 && needsUtf8 };
}

function headerOf(raw: Uint8Array): Uint8Array {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const ends = [buffer.indexOf('\r\n\r\n'), buffer.indexOf('\n\n')].filter((end) => end >= 0);
  return ends.length === 0 ? raw : raw.subarray(0, Math.min(...ends));
}

/** Bytes handed on at once: the line ends of a big mail are gone through without holding up everybody else. */
const chunkBytes = 64 * 1024;

/** The mail as a stream that calls `onStart` when its first byte is asked for: from then on the host may have it. */
export function messageStream(request: DeliveryRequest, onStart: () => void): Readable {
  const { raw } = request;
  function* chunks(): Generator<Uint8Array> {
    onStart();
    const first = Buffer.concat([Buffer.from(request.prepend), raw.subarray(0, chunkBytes)]);
    if (first.length > 0) yield first;
    for (let at = chunkBytes; at < raw.length; at += chunkBytes) yield raw.subarray(at, at + chunkBytes);
  }
  return Readable.from(chunks(), { objectMode: false, highWaterMark: chunkBytes });
}
