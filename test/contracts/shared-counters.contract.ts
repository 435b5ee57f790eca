/** What every implementation of SharedCounters promises. */
import type { SharedCounters } from '@sluice/core/ports/shared-counters.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';

export function describeSharedCounters(open: () => SharedCounters, isShared: boolean): void {
  let keys = 0;
  const newKey = (): string => `test:${(keys += 1)}`;

  it('adds up, and says whether others count with it', async () => {
    const counters = open();
    const key = newKey();
    expect(await counters.add(key, 60_000)).toEqual({ value: 1, shared: isShared });
    expect(await counters.add(key, 60_000, 5)).toMatchObject({ value: 6 });
    expect(await counters.add(key, 60_000, -2)).toMatchObject({ value: 4 });
  });

  it('counts every one of many at once', async () => {
    const counters = open();
    const key = newKey();
    const counted = await Promise.all(Array.from({ length: 50 }, () => counters.add(key, 60_000)));
    expect(counted.map(({ value }) => value).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  it('reads a count without beginning one', async () => {
    const counters = open();
    const key = newKey();
    expect(await counters.add(key, 50, 0)).toMatchObject({ value: 0 });
    await counters.add(key, 60_000);
    expect(await counters.add(key, 50, 0)).toMatchObject({ value: 1 });
  });

  it('forgets a count at the end of its window, which later ones do not prolong', async () => {
    const counters = open();
    const key = newKey();
    await counters.add(key, 300);
    await eventually('a new window', async () => (await counters.add(key, 300)).value === 1);
    const before = performance.now();
    await counters.add(key, 60_000);
    await eventually('another new window', async () => (await counters.add(key, 300)).value === 1);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('keeps a value for its time, and the last of several', async () => {
    const counters = open();
    const key = newKey();
    expect(await counters.get(key)).toEqual({ value: undefined, shared: isShared });
    await counters.put(key, 'first', 60_000);
    await counters.put(key, 'last', 200);
    expect(await counters.get(key)).toEqual({ value: 'last', shared: isShared });
    await eventually('it to be forgotten', async () => (await counters.get(key)).value === undefined);
  });

  it('keeps counts and values apart from those of other keys, whatever these are called', async () => {
    const counters = open();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }),
        fc.integer({ min: 1, max: 1_000 }),
        async (text, by) => {
          const key = `${newKey()}:${text}`;
          await counters.add(`c:${key}`, 60_000, by);
          await counters.put(`v:${key}`, text, 60_000);
          expect(await counters.add(`c:${key}`, 60_000, 0)).toMatchObject({ value: by });
          expect(await counters.get(`v:${key}`)).toMatchObject({ value: text });
        },
      ),
      { numRuns: 10 },
    );
  });
}
