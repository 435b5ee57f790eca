/** Times in words, by the calendar of the viewer. */
import { describe, expect, it } from 'vitest';
import { asZone, exactTime, relativeTime, spanOfTime, startOfDay } from './clock.ts';

const berlin = 'Europe/Berlin';
const now = new Date('2026-11-22T13:30:00Z');
const said = (at: string, zone = berlin): string => relativeTime(new Date(at), now, zone);

describe('a time in words', () => {
  it.each([
    ['2026-11-22T13:29:31Z', 'just now'],
    ['2026-11-22T13:30:20Z', 'just now'],
    ['2026-11-22T13:25:00Z', '5 min ago'],
    ['2026-11-22T10:00:00Z', '3 h ago'],
    ['2026-11-21T22:30:00Z', 'yesterday 23:30'],
    ['2026-11-21T23:30:00Z', '14 h ago'],
    ['2026-11-12T10:00:00Z', '12 Nov'],
    ['2025-11-12T10:00:00Z', '12 Nov 2025'],
    ['2026-11-22T13:40:00Z', 'in 10 min'],
    ['2026-11-22T16:30:00Z', 'in 3 h'],
  ])('%s is “%s”', (at, words) => expect(said(at)).toBe(words));

  it('is exact in the zone of the viewer', () => {
    expect(exactTime(new Date('2026-11-22T23:30:00Z'), berlin)).toMatch(/Mon.*23 Nov 2026.*00:30:00/);
  });
});

describe('a day', () => {
  it.each([
    ['2026-11-22T13:30:00Z', berlin, '2026-11-21T23:00:00.000Z'],
    ['2026-11-22T23:30:00Z', berlin, '2026-11-22T23:00:00.000Z'],
    ['2026-11-22T13:30:00Z', 'Asia/Kolkata', '2026-11-21T18:30:00.000Z'],
    // The clock was put forward at 2 and back at 3 that night.
    ['2026-03-29T12:00:00Z', berlin, '2026-03-28T23:00:00.000Z'],
    ['2026-10-25T12:00:00Z', berlin, '2026-10-24T22:00:00.000Z'],
    ['2026-10-25T22:30:00Z', berlin, '2026-10-24T22:00:00.000Z'],
  ])('that %s is in begins in %s at %s', (at, zone, start) => {
    expect(startOfDay(new Date(at), zone).toISOString()).toBe(start);
  });
});

describe('a zone from a cookie', () => {
  it.each([undefined, '', 'No/Where', '<script>'])('%s is UTC', (text) => expect(asZone(text)).toBe('UTC'));
  it('is taken where it exists', () => expect(asZone(berlin)).toBe(berlin));
});

describe('a span of time', () => {
  it.each([
    ['2026-11-22T13:30:00Z', '2026-11-22T13:30:59Z', '22 Nov, 14:30'],
    ['2026-11-22T13:30:00Z', '2026-11-22T22:59:00Z', '22 Nov, 14:30 to 23:59'],
    ['2026-11-22T13:30:00Z', '2026-11-22T23:00:00Z', '22 Nov, 14:30 to 23 Nov, 00:00'],
  ])('from %s to %s is %s', (first, last, words) => {
    expect(spanOfTime(new Date(first), new Date(last), berlin)).toBe(words);
  });
});
