/** Dates of mails as they are written in the field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMailDate } from './mail-date.ts';

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
