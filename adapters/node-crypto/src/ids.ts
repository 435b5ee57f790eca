/** Wall time and UUIDv7 ids from the machine, for core which reads neither. */
import type { Clock, Ids } from '@sluice/core/ports/clock.ts';
import { drawRandom } from './random.ts';

export const systemClock: Clock = { now: () => new Date().toISOString() };

const maxCounter = 0xfff;

/**
 * UUIDv7 (RFC 9562 §5.7), each greater than the one before within the process: the twelve bits after the time count
 * (§6.2, method 1), from a random start in each millisecond. A clock that goes back is not followed.
 */
export function createIds(nowMs: () => number = Date.now): Ids {
  let time = 0;
  let counter = 0;

  function advance(random: Buffer): void {
    const now = nowMs();
    if (now <= time && counter < maxCounter) {
      counter += 1;
      return;
    }
    // An overflowing counter borrows the next millisecond rather than wait for it.
    time = Math.max(now, time + 1);
    // Half of the room stays free for counting.
    counter = random.readUInt16BE(0) >> 5;
  }

  return {
    next() {
      const bytes = drawRandom(16);
      advance(bytes.subarray(14));
      bytes.writeUIntBE(time, 0, 6);
      bytes.writeUInt16BE(0x7000 | counter, 6);
      bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
      return format(bytes.toString('hex'));
    },
  };
}

const format = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
