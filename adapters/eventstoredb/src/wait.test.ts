/** Waits end in time, and at once when they are told to. */
import { describe, expect, it } from 'vitest';
import { DeadlinePassed, backoffMs, messageOf, pause, withDeadline } from './wait.ts';

describe('waits', () => {
  it('between attempts double up to the longest, at random between half and all', () => {
    for (const [attempt, full] of [
      [0, 20],
      [1, 40],
      [3, 160],
      [10, 1000],
      [2000, 1000],
    ] as const) {
      const waits = Array.from({ length: 50 }, () => backoffMs(attempt, 20, 1000));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(full / 2);
      expect(Math.max(...waits)).toBeLessThanOrEqual(full);
      expect(new Set(waits).size).toBeGreaterThan(1);
    }
  });

  it('end when the signal aborts, before or meanwhile', async () => {
    const begin = performance.now();
    await pause(60_000, AbortSignal.abort());
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await waiting;
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  it('for a promise give its own outcome or DeadlinePassed', async () => {
    expect(await withDeadline(Promise.resolve(1), 1000)).toBe(1);
    await expect(withDeadline(Promise.reject(new Error('own')), 1000)).rejects.toThrow('own');
    await expect(withDeadline(new Promise(() => undefined), 5)).rejects.toThrow(DeadlinePassed);
  });

  it('that fail say something readable', () => {
    expect(messageOf(new Error('words'))).toBe('words');
    expect(messageOf(new DeadlinePassed())).toBe('DeadlinePassed');
    expect(messageOf('thrown text')).toBe('thrown text');
  });
});
