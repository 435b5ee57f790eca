/** Patterns, routes, faults and differences in words. */
import { describe, expect, it } from 'vitest';
import { changeWords } from './change-words.ts';
import { policyDifferences, valueWords } from './compare.ts';
import type { CheckDescription } from './domain.ts';
import { endOfDay, entryOf } from './entry.ts';
import { faultAt, settingFault } from './fault.ts';
import { entriesOf, patternWords } from './pattern.ts';
import { routeWords, rowOf, tidied, urlOf } from './route.ts';

describe('a pattern', () => {
  it.each([
    ['name@x.example', true, 'The sender name@x.example'],
    ['*@X.example', true, 'All senders at x.example'],
    ['@x.example', true, 'All senders at x.example'],
    ['x.example', true, 'All senders at x.example'],
    ['*.x.example', true, 'All senders at any name below x.example'],
    ['news-*@x.example', true, 'Senders at x.example whose name is like news-*'],
    ['*', true, 'Every sender there is'],
    ['localhost', true, 'Senders at “localhost”, a name without a dot: is that meant?'],
    ['192.0.2.1', true, 'Mail from the server 192.0.2.1'],
    ['192.0.2.0/24', true, 'Mail from all servers of the network 192.0.2.0/24'],
    ['2001:db8::/32', true, 'Mail from all servers of the network 2001:db8::/32'],
    ['192.0.2.0/33', false, 'After the slash belongs a number from 0 to 32.'],
    ['192.0.2.256', false, 'This is no address, no domain and no network yet.'],
    ['a b@x.example', false, 'This is no address, no domain and no network yet.'],
    ['x..example', false, 'This is no address, no domain and no network yet.'],
  ])('%s: %s, %s', (text, ok, words) => expect(patternWords(text)).toEqual({ ok, words }));

  it('is nothing while nothing is typed', () => expect(patternWords('  ')).toBeUndefined());

  it('stands on a line of its own, its note behind #', () => {
    expect(entriesOf('a.example # first # of all\n\n # none\n b.example\r\n')).toEqual([
      { pattern: 'a.example', note: 'first # of all' },
      { pattern: 'b.example', note: '' },
    ]);
  });
});

describe('a route', () => {
  it.each([
    ['smtp://mail.example.org:25', 'mail.example.org'],
    ['smtp://mail.example.org:2525?tls=required', 'mail.example.org, port 2525, always encrypted'],
    ['smtp://[2001:db8::1]:25?tls=none', '2001:db8::1, never encrypted'],
  ])('%s is the same after it was a row, and in words: %s', (url, words) => {
    expect(urlOf(rowOf(url))).toBe(url);
    expect(routeWords(url)).toBe(words);
  });

  it('is taken apart where a whole address was pasted as a host', () => {
    expect(tidied({ host: ' smtp://a.example:26?tls=none ', port: '25', tls: 'required' })).toEqual({
      host: 'a.example',
      port: '26',
      tls: 'none',
    });
  });

  it('goes to the api as it was typed, however wrong', () => {
    expect(urlOf({ host: 'a b', port: 'x', tls: 'opportunistic' })).toBe('smtp://a b:x');
  });
});

describe('a refusal', () => {
  it.each([
    ['dnsbl: zones.0.zone: Write a name: now.', ['zones', '0', 'zone'], 'Write a name: now.'],
    ['A weight is a number from 0 to 100.', ['weight'], 'A weight is a number from 0 to 100.'],
    ['“x y” is no pattern; write …', ['exempt'], '“x y” is no pattern; write …'],
    ['The event store does not answer.', [], 'The event store does not answer.'],
  ])('%s is about %j', (sentence, path, words) => {
    expect(settingFault(sentence)).toEqual({ path, sentence: words });
  });

  it('concerns one member only', () => {
    const fault = settingFault('dnsbl: zones.0.zone: No.');
    expect(faultAt(fault, 'zones')).toEqual({ path: ['0', 'zone'], sentence: 'No.' });
    expect(faultAt(fault, 'codes')).toBeUndefined();
  });
});

describe('an entry', () => {
  it('ends when its last day is over where it was written', () => {
    expect(endOfDay('2026-12-24', 'Europe/Berlin')).toBe('2026-12-24T23:00:00.000Z');
    expect(endOfDay('2026-12-24', 'America/Los_Angeles')).toBe('2026-12-25T08:00:00.000Z');
    expect(endOfDay('2026-12-24', 'Pacific/Auckland')).toBe('2026-12-24T11:00:00.000Z');
    expect(endOfDay('2026-12-24', 'Pacific/Kiritimati')).toBe('2026-12-24T10:00:00.000Z');
    expect(endOfDay('2026-12-24', 'Pacific/Pago_Pago')).toBe('2026-12-25T11:00:00.000Z');
    expect(endOfDay('', 'UTC')).toBe('');
    expect(endOfDay('2026-99-99', 'UTC')).toBe('');
  });

  it('demands proof only where it allows', () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({
      action: 'block',
      pattern: ' x.example ',
      authenticated: 'yes',
    }))
      form.set(name, value);
    expect(entryOf(form, 'UTC')).toEqual({ action: 'block', pattern: 'x.example', authenticated: false });
    form.set('action', 'allow');
    expect(entryOf(form, 'UTC')).toMatchObject({ action: 'allow', authenticated: true });
  });
});

describe('differences', () => {
  const about = {
    name: 'dnsbl',
    title: 'DNS lists',
    defaults: { threshold: 1 },
  } as unknown as CheckDescription;
  const check = { name: 'dnsbl', mode: 'score' as const, weight: 3, onError: 'ignore' as const, exempt: [] };
  const policy = (settings: object, more: object = {}) => ({
    thresholds: { tag: 4, hold: 7, reject: 10 },
    checks: [{ ...check, settings: settings as never, ...more }],
  });

  it('are none where a setting is written out that was left to its default', () => {
    expect(policyDifferences(policy({}), policy({ threshold: 1 }), [about])).toEqual([]);
  });

  it('name what was and what is', () => {
    expect(policyDifferences(policy({}), policy({ threshold: 5 }, { mode: 'reject' }), [about])).toEqual([
      { what: 'DNS lists', before: 'Score', after: 'Reject' },
      { what: 'DNS lists: threshold', before: '1', after: '5' },
    ]);
  });

  it('are short, however long a list', () => {
    expect(valueWords(Array.from({ length: 12 }, (_, at) => at))).toBe('0, 1, 2, 3, 4, 5, 6, 7 and 4 more');
    expect(valueWords([{ zone: 'zen', points: 7, codes: [] }])).toBe('zen 7');
  });
});

describe('a change on its way', () => {
  it('says who lags', () => {
    const edges = { total: 3, current: 1, behind: ['mx2', 'mx3'] };
    expect(changeWords({ is: 'lagging', edges })).toBe(
      'Saved. 1 of 3 edges have it; mx2, mx3 will as soon as they are in touch.',
    );
    expect(changeWords({ is: 'lagging', edges: undefined })).toMatch(/No edge has been in touch/);
    expect(changeWords({ is: 'in-force', seconds: 0.44, edges: 2 })).toBe(
      'In force at all edges after 0.4 s',
    );
  });
});
