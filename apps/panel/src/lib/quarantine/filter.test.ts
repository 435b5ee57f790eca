/** What the quarantine is narrowed to: the address of the page, and the question to the api. */
import { describe, expect, it } from 'vitest';
import { asTyped, hrefOf, isNarrowed, narrowed, nothing, queryOf, readFilter, timeWords } from './filter.ts';

const now = new Date('2026-11-22T13:30:00Z');
const berlin = 'Europe/Berlin';
const of = (search: string) => readFilter(new URLSearchParams(search));
const asked = (search: string, zone = berlin) => queryOf(of(search), now, zone);

describe('a filter', () => {
  it('comes back from the address that it is written into', () => {
    const filter = of('q=%22a b%22 -c&reason=spf-fail&domain=demo.test&sender=%3C%3E&from=2026-11-01');
    expect(of(hrefOf(filter).split('?')[1] ?? '')).toEqual(filter);
  });
  it('of nothing is the plain address', () => expect(hrefOf(nothing)).toBe('/quarantine'));
  it.each(['period=year', 'from=2026-13-01', 'to=tomorrow', 'since=x', 'unknown=1', 'q=%20'])(
    'without sense is none: %s',
    (search) => expect(isNarrowed(of(search))).toBe(false),
  );
  it('has one time only', () => {
    expect(narrowed(of('since=2026-11-01&q=a'), { period: 'week' })).toEqual(of('q=a&period=week'));
    expect(narrowed(of('period=week'), { from: '2026-11-01' })).toEqual(of('from=2026-11-01'));
    expect(narrowed(of('period=week'), { reason: 'x' })).toEqual(of('period=week&reason=x'));
  });
});

describe('the question to the api', () => {
  it('holds only what was given', () => {
    expect(asked('')).toEqual({});
    expect(asked('reason=dnsbl&sender=shop.example')).toEqual({ reason: 'dnsbl', sender: 'shop.example' });
  });
  it('begins a day where it begins for the viewer', () => {
    expect(asked('period=today')).toEqual({ since: '2026-11-21T23:00:00.000Z' });
    expect(asked('period=week')).toEqual({ since: '2026-11-15T23:00:00.000Z' });
  });
  it.each([
    [berlin, '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-10-24T10:00:00.000Z', '2026-10-25T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-10-25T11:00:00.000Z', '2026-10-26T11:00:00.000Z'],
  ])('covers whole days in %s', (zone, since, until) => {
    expect(asked('from=2026-10-25&to=2026-10-25', zone)).toEqual({ since, until });
  });
  it('takes the moments that other pages link to', () => {
    expect(asked('since=2026-11-15T23:00:00.000Z')).toEqual({ since: '2026-11-15T23:00:00.000Z' });
  });
  it.each([
    ['prize', 'prize*'],
    ['win a prize', 'win a prize*'],
    ['"win a', '"win a'],
    ['"win a prize"', '"win a prize"'],
    ['pri*', 'pri*'],
    ['a@b.example', 'a@b.example*'],
    ['what?', 'what?'],
    ['', ''],
  ])('lets the last word go on: %s', (typed, text) => expect(asTyped(typed)).toBe(text));
});

describe('a time in words', () => {
  it.each([
    ['', undefined],
    ['period=week', 'Last 7 days'],
    ['from=2026-11-01&to=2026-11-05', '1 Nov – 5 Nov'],
    ['from=2026-11-01&to=2026-11-01', '1 Nov'],
    ['from=2026-11-01', 'since 1 Nov'],
    ['to=2026-11-05', 'until 5 Nov'],
    ['since=2026-11-15T23:00:00Z', 'since 16 Nov'],
  ])('%s is “%s”', (search, words) => expect(timeWords(of(search), berlin)).toBe(words));
});
