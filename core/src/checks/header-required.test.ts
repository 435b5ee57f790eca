/** Required and singular header fields, and the window of the date. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { headerRequired } from './header-required.ts';

const from = { name: 'From', value: 'a@sender.example' };
const date = (value: string) => ({ name: 'Date', value });
const fine = date('Sun, 22 Nov 2026 12:00:00 +0000');
const judgeHeaders = (headers: readonly { name: string; value: string }[], settings: object = {}) =>
  concluded(headerRequired, { message: { headers }, settings });

describe('header-required', () => {
  it('records how often the singular fields stand there, and the date', async () => {
    const headers = [from, fine, { name: 'RECEIVED', value: 'x' }, { name: 'to', value: 'b@here.example' }];
    expect(await gathered(headerRequired, { message: { headers } })).toEqual({
      status: 'observed',
      fact: { counts: { from: 1, date: 1, to: 1 }, date: fine.value },
    });
  });

  it('passes a mail with From and Date', async () => {
    expect(await judgeHeaders([from, fine])).toEqual({
      result: 'pass',
      sentence: 'The required headers are there, and the date can be true.',
    });
  });

  it('fails a mail without them', async () => {
    expect(await judgeHeaders([])).toEqual({
      result: 'fail',
      reason: 'header-missing',
      sentence: 'The mail has no From and no Date header.',
    });
  });

  it('demands what the settings demand', async () => {
    expect(await judgeHeaders([from, fine], { required: ['from', 'message-id'] })).toEqual({
      result: 'fail',
      reason: 'header-missing',
      sentence: 'The mail has no Message-ID header.',
    });
    expect(await judgeHeaders([], { required: [] })).toMatchObject({ result: 'pass' });
  });

  it('fails a mail that repeats a field that may stand once, unless told not to mind', async () => {
    const twice = [from, from, fine, { name: 'Reply-To', value: 'x' }, { name: 'reply-to', value: 'y' }];
    expect(await judgeHeaders(twice)).toEqual({
      result: 'fail',
      reason: 'header-repeated',
      sentence:
        'The mail has headers more than once that may stand once: From (2 times), Reply-To (2 times).',
    });
    expect(await judgeHeaders(twice, { single: false })).toMatchObject({ result: 'pass' });
  });

  it('does not mind repeated trace fields', async () => {
    const received = { name: 'Received', value: 'x' };
    expect(await judgeHeaders([received, received, from, fine])).toMatchObject({ result: 'pass' });
  });

  it('fails a date too far ahead', async () => {
    expect(await judgeHeaders([from, date('Wed, 25 Nov 2026 12:00:00 +0000')])).toEqual({
      result: 'fail',
      reason: 'date-implausible',
      sentence:
        'The date of the mail, “Wed, 25 Nov 2026 12:00:00 +0000”, is 72 hours ahead of the time it came (more than 48).',
    });
    expect(await judgeHeaders([from, date('Tue, 24 Nov 2026 11:00:00 +0000')])).toMatchObject({
      result: 'pass',
    });
  });

  it('fails a date too long ago, where a limit is set', async () => {
    const old = [from, date('Sun, 1 Nov 2026 12:00:00 +0000')];
    expect(await judgeHeaders(old, { maxAgeDays: 14 })).toMatchObject({
      result: 'fail',
      reason: 'date-implausible',
      sentence: expect.stringContaining('is 21 days before the day it came (more than 14)'),
    });
    expect(await judgeHeaders(old)).toMatchObject({ result: 'pass' });
  });

  it('fails a date that cannot be read, unless no date is looked at', async () => {
    const nonsense = [from, date('yesterday')];
    expect(await judgeHeaders(nonsense)).toMatchObject({
      result: 'fail',
      sentence: 'The date of the mail, “yesterday”, cannot be read.',
    });
    expect(await judgeHeaders(nonsense, { maxAheadHours: 0 })).toMatchObject({ result: 'pass' });
  });

  it('has nothing to say of the date of a mail that needs none', async () => {
    expect(await judgeHeaders([from], { required: ['from'] })).toMatchObject({ result: 'pass' });
  });
});
