/** Differences of times: within a day, across days, and in other spellings. */
import { describe, expect, it } from 'vitest';
import { millisecondsBetween } from './receive-time.ts';

describe('milliseconds between', () => {
  it.each([
    ['2026-11-22T08:41:20.123Z', '2026-11-22T08:41:20.123Z', 0],
    ['2026-11-22T08:41:20.123Z', '2026-11-22T09:42:21.124Z', 3_661_001],
    ['2026-11-22T23:59:59.999Z', '2026-11-23T00:00:00.000Z', 1],
    ['2026-02-28T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 86_400_000],
    ['2026-11-22T08:00:00Z', '2026-11-22T08:00:01.500Z', 1_500],
    ['2026-11-22T08:00:01.000Z', '2026-11-22T08:00:00.000Z', -1_000],
  ])('%s and %s', (from, to, ms) => expect(millisecondsBetween(from, to)).toBe(ms));
});
