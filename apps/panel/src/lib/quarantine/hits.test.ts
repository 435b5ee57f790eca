/** Lists of mails put together, and who wrote them. */
import { describe, expect, it } from 'vitest';
import { authorOf, merged } from './hits.ts';
import { recipientsOf } from './recipients.ts';

const at = (id: string, minute: number, subject = '') => ({
  id,
  subject,
  receivedAt: new Date(Date.UTC(2026, 10, 22, 12, minute)).toISOString(),
});

describe('two lists together', () => {
  it('are in order, newest first, each mail once', () => {
    const both = merged([at('c', 3), at('a', 1)], [at('d', 4), at('b', 2), at('a', 1)]);
    expect(both.map(({ id }) => id).join('')).toBe('dcba');
  });
  it('have a mail as the second has it', () =>
    expect(merged([at('a', 1, 'old')], [at('a', 1, 'new')])[0]?.subject).toBe('new'));
  it('keep the order of mails of one moment', () => {
    const page = [at('b', 1), at('a', 1), at('c', 1)];
    expect(merged(page, [])).toEqual(page);
    expect(merged([], page)).toEqual(page);
  });
});

describe('who wrote a mail', () => {
  it.each([
    ['"Ann, Owner" <ann@demo.test>', 'b@b.example', 'Ann, Owner', 'ann@demo.test'],
    ['Ann <ann@demo.test>', '', 'Ann', 'ann@demo.test'],
    ['<ann@demo.test>', '', '', 'ann@demo.test'],
    ['ann@demo.test', 'x@b.example', '', 'ann@demo.test'],
    ['', 'x@b.example', '', 'x@b.example'],
    ['', '', '', ''],
    ['"She said \\"hi\\"" <>', 'x@b.example', 'She said "hi"', 'x@b.example'],
    ['"a@b.example" <evil@c.example>', '', 'a@b.example', 'evil@c.example'],
  ])('%s by %s', (from, sender, name, address) =>
    expect(authorOf({ from, sender })).toEqual({ name, address }),
  );
});

it('names those who get most first', () => {
  const hits = [{ recipients: ['b@x', 'a@x'] }, { recipients: ['c@x', 'b@x'] }];
  expect(recipientsOf(hits)).toEqual([
    { address: 'b@x', mails: 2 },
    { address: 'a@x', mails: 1 },
    { address: 'c@x', mails: 1 },
  ]);
});
