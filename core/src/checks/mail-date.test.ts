/** Dates of mails as they are written in the field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOf } from './civil-time.ts';
import { readInstant, readMailDate } from './mail-date.ts';

describe('the date of a mail', () => {
  it.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z'],
    ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37Z'],
    ['1 Jul 2003 10:52 +0000', '2003-07-01T10:52:00Z'],
    ['Thu, 13 Feb 1969 23:32:54 -0330', '1969-02-14T03:02:54Z'],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z'],
    ['21 Nov 26 09:55:06 EST', '2026-11-21T14:55:06Z'],
    ['Wed, 02 Oct 2002 15:00:00 GMT (UTC)', '2002-10-02T15:00:00Z'],
    ['Thu,\t13 Feb 1969 23:32 -0330 (Newfoundland Time)', '1969-02-14T03:02:00Z'],
    ['30 Jun 2012 23:59:60 +0000', '2012-06-30T23:59:59Z'],
    ['Mon, 5 May 2025 07:08:09 Z', '2025-05-05T07:08:09Z'],
    ['Mon, 5 May 2025 07:08:09', '2025-05-05T07:08:09Z'],
  ])('%s', (text, iso) => {
    expect(readMailDate(text)).toBe(Date.parse(iso));
  });

  it.each([
    '',
    'yesterday',
    '32 Jan 2026 00:00:00 +0000',
    '29 Feb 2025 00:00:00 +0000',
    '1 Foo 2026 00:00:00 +0000',
    '1 Jan 2026 25:00:00 +0000',
  ])('%j is none', (text) => {
    expect(readMailDate(text)).toBeUndefined();
  });

  it('reads back every date that is written by the book', () => {
    const between = { min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(between), (moment) => {
        expect(readMailDate(moment.toUTCString())).toBe(Math.floor(moment.getTime() / 1000) * 1000);
      }),
    );
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['number', 'undefined']).toContain(typeof readMailDate(text));
      }),
    );
  });
});

describe('a time of ours', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (moment) => {
        expect(readInstant(moment.toISOString())).toBe(moment.getTime());
      }),
    );
    expect(readInstant('2016-12-31T23:59:60.000Z')).toBe(Date.parse('2016-12-31T23:59:59.000Z'));
    expect(readInstant('2026-11-22T11:00:00+01:00')).toBe(Date.parse('2026-11-22T10:00:00Z'));
    expect(() => readInstant('2026-02-30T10:00:00.000Z')).toThrow(RangeError);
  });
});

describe('a day of the calendar', () => {
  it('is what Temporal says, and none where Temporal says so', () => {
    const time = { hour: fc.nat({ max: 25 }), minute: fc.nat({ max: 61 }), second: fc.nat({ max: 61 }) };
    const date = { year: fc.nat({ max: 9_999 }), month: fc.nat({ max: 13 }), day: fc.nat({ max: 32 }) };
    const byTemporal = (fields: object): number | undefined => {
      try {
        const options = { overflow: 'reject' } as const;
        const date = Temporal.PlainDateTime.from(fields as Temporal.PlainDateTimeLike, options);
        return date.toZonedDateTime('UTC').epochMilliseconds;
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.record({ ...date, ...time }), (one) => {
        expect(epochOf(one)).toBe(byTemporal(one));
      }),
      { numRuns: 2_000 },
    );
  });
});
