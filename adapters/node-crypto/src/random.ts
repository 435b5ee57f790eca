/** Random bytes from a stock: for the few that each mail needs, asking the system costs more than the bytes. */
import { randomFillSync } from 'node:crypto';

const stock = Buffer.alloc(8_192);
let used = stock.length;

/** Bytes that nobody else gets, at most a hundred; cryptographically strong, and wiped from the stock. */
export function drawRandom(bytes: number): Buffer {
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  const drawn = Buffer.from(stock.subarray(used, used + bytes));
  stock.fill(0, used, used + bytes);
  used += bytes;
  return drawn;
}
