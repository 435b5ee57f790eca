/** Counting in the memory of one edge: the contract, and the bounds. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { describe, expect, it } from 'vitest';
import { describeSharedCounters } from './shared-counters.contract.ts';

describe('SharedCounters in memory', () => {
  const counters = createMemoryCounters({ now: () => performance.now() });
  describeSharedCounters(() => counters, false);

  it('forgets the oldest where there are too many, values apart from counts', async () => {
    const few = createMemoryCounters({ now: () => 0, maxEntries: 10 });
    await few.put('remembered', 'yes', 1_000);
    for (let count = 0; count < 1_000; count += 1) await few.add(`flood:${count}`, 1_000);
    expect(await few.add('flood:0', 1_000, 0)).toMatchObject({ value: 0 });
    expect(await few.add('flood:999', 1_000, 0)).toMatchObject({ value: 1 });
    expect(await few.get('remembered')).toMatchObject({ value: 'yes' });
  });
});
