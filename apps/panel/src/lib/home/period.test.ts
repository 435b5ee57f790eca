/** Stretches of time by the calendar of the viewer. */
import { describe, expect, it } from 'vitest';
import { asPeriod, periodOf } from './period.ts';

const hours = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 3_600_000;

describe('periods', () => {
  it('today is the whole day of the viewer', () => {
    const { since, until } = periodOf('today', new Date('2026-11-22T00:10:00Z'), 'America/New_York');
    expect([since, until]).toEqual(['2026-11-21T05:00:00.000Z', '2026-11-22T05:00:00.000Z']);
  });

  it.each([
    ['2026-03-29T12:00:00Z', 23],
    ['2026-10-25T12:00:00Z', 25],
  ])('the day of %s has %d hours', (now, length) => {
    const { since, until } = periodOf('today', new Date(now), 'Europe/Berlin');
    expect(hours(since, until)).toBe(length);
  });

  it('a week are seven days, today among them', () => {
    const { since, until } = periodOf('week', new Date('2026-11-22T12:00:00Z'), 'UTC');
    expect([since, until]).toEqual(['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z']);
  });

  it('what is not known is today', () => expect(asPeriod('year')).toBe('today'));
});
