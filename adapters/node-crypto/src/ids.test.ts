import { describe, expect, it } from 'vitest';
import { createIds, systemClock } from './ids.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const take = (count: number, clock: () => number): string[] => {
  const ids = createIds(clock);
  return Array.from({ length: count }, () => ids.next());
};

const expectRising = (ids: readonly string[]): void => {
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
};

describe('ids', () => {
  it('are UUIDs of version 7 that carry the time', () => {
    const [id] = take(1, () => 0x0123_4567_89ab);
    expect(id).toMatch(uuidV7);
    expect(id!.slice(0, 13)).toBe('01234567-89ab');
  });

  it('rise within one millisecond, even when its counter runs over', () => {
    const ids = take(20_000, () => 1_700_000_000_000);
    expectRising(ids);
    expect(ids.every((id) => uuidV7.test(id))).toBe(true);
  });

  it('rise when the clock goes back', () => {
    let now = 1_700_000_000_000;
    expectRising(take(1000, () => (now -= 10)));
  });

  it('of two makers differ in the same millisecond', () => {
    const clock = (): number => 1_700_000_000_000;
    expect(take(1, clock)).not.toEqual(take(1, clock));
  });
});

describe('systemClock', () => {
  it('gives ISO 8601 UTC with milliseconds', () => {
    expect(systemClock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
