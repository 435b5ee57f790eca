/** Proposed settings as they are written on a command line. */
import { expect, it } from 'vitest';
import { readProposal, whatIfCommand } from './proposal.ts';

it('tells what belongs to every check from the settings of one, and thresholds from both', () => {
  const set = {
    'dnsbl.mode': 'reject',
    'dnsbl.threshold': 5,
    'spf.on-error': 'defer',
    'thresholds.reject': 8,
  };
  expect(readProposal({ set, block: ['*.x.example'], unallow: ['y.example'] })).toEqual({
    thresholds: { reject: 8 },
    checks: [
      { check: 'dnsbl', mode: 'reject', settings: { threshold: 5 } },
      { check: 'spf', onError: 'defer' },
    ],
    remove: [{ action: 'allow', pattern: 'y.example' }],
    add: [{ action: 'block', pattern: '*.x.example' }],
  });
});

it('is about one mailbox where one is named: its thresholds, its entries', () => {
  const mailbox = 'ann@a.example';
  const set = { 'thresholds.reject': 8 };
  expect(readProposal({ set, mailbox, allow: ['y.example'] })).toEqual({
    mailboxThresholds: [{ mailbox, reject: 8 }],
    checks: [],
    remove: [],
    add: [{ action: 'allow', pattern: 'y.example', mailbox }],
  });
  expect(readProposal({ mailbox, removeThresholds: true })).toMatchObject({
    removeMailboxThresholds: [mailbox],
  });
  expect(() => readProposal({ removeThresholds: true })).toThrow(/Name the mailbox/);
});

it('refuses what is no setting', () => {
  for (const path of ['dnsbl', 'dnsbl.', '.mode', 'a.b.c']) {
    expect(() => readProposal({ set: { [path]: 1 } })).toThrow(/is no setting/);
  }
});

it('is written as the command that tries it out', () => {
  const proposal = {
    thresholds: { hold: 5 },
    checks: [{ check: 'spf', mode: 'score' as const, settings: { actOn: ['fail'] } }],
  };
  expect(whatIfCommand('a.example', proposal)).toBe(
    `sluice whatif --domain a.example --set thresholds.hold=5 --set spf.mode=score --set spf.actOn='["fail"]'`,
  );
});
