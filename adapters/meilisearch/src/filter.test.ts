/** Filters: the scope is in every one of them, and no text that people type is syntax in one. */
import { accountScope, emptyScope, operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileFilter } from './filter.ts';

const account = '0193a000-0000-7000-8000-000000000001';
const domain = '0193d000-0000-7000-8000-000000000001';
const mails = 'kind = "mail"';

/** Any code points, lone surrogates too; quicker to make than the strings of fast-check. */
const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.nat(0x10ffff), fc.nat(0x7f)), { maxLength })
    .map((codes) => String.fromCodePoint(...codes));

it('begins with the scope', () => {
  expect(compileFilter(operatorScope(), {})).toBe(mails);
  expect(compileFilter(accountScope(account), {})).toBe(`${mails} AND account = "${account}"`);
  expect(compileFilter(accountScope(account, [domain]), {})).toBe(
    `${mails} AND account = "${account}" AND domain IN ["${domain}"]`,
  );
  expect(compileFilter(emptyScope(), {})).toBeUndefined();
});

it('has what is asked for behind it', () => {
  const query = {
    domainId: domain,
    reason: 'spf-fail',
    check: 'spf',
    sender: 'News@Shop.exam*',
    recipient: 'anna@',
    since: '2026-11-22T00:00:00.000Z',
    until: '2026-11-23T00:00:00.000Z',
    cursor: '1795305600000.77~',
  };
  expect(compileFilter(operatorScope(), query)?.split(' AND ')).toEqual([
    mails,
    'received >= 1795305600000',
    'received < 1795392000000',
    '(received < 1795305600000 OR (received = 1795305600000',
    'tie < 77))',
    'reason = "spf-fail"',
    'checks = "spf"',
    `domain = "${domain}"`,
    'senderParts STARTS WITH "news/shop/exam"',
    'recipientParts = "anna"',
  ]);
  expect(compileFilter(operatorScope(), { sender: '<>' })).toBe(`${mails} AND senderParts = "-"`);
});

it('compares long addresses by rows of six words', () => {
  expect(compileFilter(operatorScope(), { sender: 'a.b.c.d@e.f.g' })).toBe(
    `${mails} AND senderParts = "a/b/c/d/e/f" AND senderParts = "b/c/d/e/f/g"`,
  );
});

it('is none where nothing can be found: no code, no time, no cursor of ours', () => {
  for (const query of [{ reason: '" OR kind = "x' }, { check: 'SPF' }, { since: 'soon' }, { cursor: '12' }])
    expect(compileFilter(operatorScope(), query)).toBeUndefined();
});

it('holds only what we put there, whatever is asked', () => {
  const any = anyText(80);
  const query = fc.record(
    { domainId: any, reason: any, check: any, sender: any, recipient: any },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(any, fc.array(any, { minLength: 1 }), query, (id, domainIds, asked) => {
      const filter = compileFilter(accountScope(id, domainIds), asked);
      if (filter === undefined) return;
      const value = String.raw`"[\p{L}\p{N}\p{Co}/-]+"`;
      const ours = new RegExp(
        `^[A-Za-z]+ (?:(?:=|STARTS WITH) ${value}|IN \\[${value}(?:, ${value})*\\])$`,
        'u',
      );
      for (const condition of filter.split(' AND ')) expect(condition).toMatch(ours);
      expect(filter).toMatch(/^kind = "mail" AND account = "/);
    }),
  );
});
