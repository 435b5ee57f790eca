import { describe, expect, it } from 'vitest';
import type { Pause } from '../ports/pause.ts';
import { backoffMs, createBell } from './waiting.ts';

/** Ends no wait by itself: only what is aborted goes on. */
const endless: Pause = {
  sleep: (_ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve());
    }),
};

describe('waiting', () => {
  it('given failures in a row, waits twice as long each time up to a limit', () => {
    const waits = [1, 2, 3, 4, 5, 100].map((failures) => backoffMs(failures, { firstMs: 100, maxMs: 1_000 }));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('given a ring while nobody waits, ends the next wait at once, and only that one', async () => {
    const bell = createBell(endless, new AbortController().signal);
    bell.ring();
    bell.ring();
    await bell.wait(1_000);
    let hasEnded = false;
    const second = bell.wait(1_000).then(() => (hasEnded = true));
    await Promise.resolve();
    expect(hasEnded).toBe(false);
    bell.ring();
    await second;
  });

  it('given that it is told to stop, waits no more', async () => {
    const stop = new AbortController();
    const bell = createBell(endless, stop.signal);
    const waiting = bell.wait(1_000);
    stop.abort();
    await waiting;
    await bell.wait(1_000);
  });
});
