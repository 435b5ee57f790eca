import { describe, expect, it } from 'vitest';
import { giveUpAfterMs, isDeferralTold, nextAttempt } from './deliver-due-schedule.ts';

const receivedAt = '2026-11-22T10:00:00.000Z';
const minute = 60_000;

const waitAfter = (attempt: number, mailId = 'mail-1'): number =>
  Date.parse(nextAttempt({ mailId, receivedAt }, attempt, receivedAt)!) - Date.parse(receivedAt);

describe('schedule of delivery', () => {
  it('given a first failure, tries again within about half a minute', () => {
    expect(waitAfter(1)).toBeGreaterThanOrEqual(24_000);
    expect(waitAfter(1)).toBeLessThanOrEqual(36_000);
  });

  it('given more failures, doubles from a minute to an hour, give or take a fifth', () => {
    for (const [attempt, minutes] of [
      [2, 1],
      [3, 2],
      [4, 4],
      [7, 32],
      [8, 60],
      [50, 60],
    ] as const) {
      expect(Math.abs(waitAfter(attempt) / minute - minutes)).toBeLessThanOrEqual(0.2 * minutes);
    }
  });

  it('given mails that failed together, brings them back apart, and each at the same time whenever it is asked', () => {
    const waits = Array.from({ length: 50 }, (_, n) => waitAfter(3, `mail-${n}`));
    expect(new Set(waits).size).toBeGreaterThan(30);
    expect(waits).toEqual(Array.from({ length: 50 }, (_, n) => waitAfter(3, `mail-${n}`)));
  });

  it('given five days without success, tries a last time at their end and then gives up', () => {
    const end = Date.parse(receivedAt) + giveUpAfterMs;
    const at = (ms: number): string => new Date(ms).toISOString();
    expect(nextAttempt({ mailId: 'm', receivedAt }, 100, at(end - minute))).toBe(at(end));
    expect(nextAttempt({ mailId: 'm', receivedAt }, 101, at(end))).toBeUndefined();
  });

  it('tells of the first deferral, of one after an hour, and then of about one a day', () => {
    const told = Array.from({ length: 130 }, (_, n) => n + 1).filter(isDeferralTold);
    expect(told).toEqual([1, 8, 32, 56, 80, 104, 128]);
  });
});
