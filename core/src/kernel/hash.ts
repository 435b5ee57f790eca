/** The only place where core touches node:crypto: hashes, which are pure functions. */
import { createHash, hash } from 'node:crypto';

export const sha256 = (bytes: Uint8Array | string): Uint8Array => hash('sha256', bytes, 'buffer');

export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** Namespace of all event ids of Sluice: a UUID of our own, never to change. */
const namespace = Buffer.from('7f1d3c0a5b8e4f62a9c46d21e0b7583c', 'hex');

/**
 * The UUIDv5 (RFC 9562 §5.5) of what an event is about, so that a retry of the same act is the same event.
 * The parts are joined by a character that none of them holds.
 */
export function eventId(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha1').update(namespace).update(parts.join('\n')).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
