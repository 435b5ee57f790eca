/** How long bodies wait for others. */
import { describe, expect, it } from 'vitest';
import { gatheringMs } from './gathering.ts';

describe('gathering bodies', () => {
  it('does not hold up the mail of a quiet hour', () => {
    expect(gatheringMs(1)).toBe(0);
    expect(gatheringMs(2)).toBe(0);
  });

  it('waits no longer than a second, and less the more comes', () => {
    expect(gatheringMs(3)).toBe(1_000);
    expect(gatheringMs(20)).toBe(800);
    expect(gatheringMs(100)).toBe(160);
    expect(gatheringMs(2_000)).toBe(8);
  });
});
