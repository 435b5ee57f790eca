/** Proposals in addresses: what is one comes back as it was, what is none is left out. */
import { describe, expect, it } from 'vitest';
import {
  isEmpty,
  type Proposal,
  readProposal,
  whatIfPath,
  withCheck,
  withDomains,
  withMailbox,
} from './proposal.ts';

const given = (proposal: Proposal): Proposal =>
  readProposal(new URL(whatIfPath('demo.test', proposal), 'http://here').searchParams.get('proposal'));

describe('a proposal', () => {
  it('comes back from its address as it was', () => {
    const proposal: Proposal = {
      preset: 'strict',
      thresholds: { reject: 8 },
      removeMailboxThresholds: ['bob@demo.test'],
      mailboxThresholds: [{ mailbox: 'you@demo.test', tag: 2, reject: 6 }],
      checks: [{ check: 'dnsbl', mode: 'reject', weight: 2, settings: { zones: [{ zone: 'a.example' }] } }],
      remove: [{ action: 'block', pattern: '*@x.example' }],
      add: [{ action: 'allow', pattern: 'a+b@x.example', mailbox: 'you@demo.test', authenticated: true }],
    };
    expect(given(proposal)).toEqual(proposal);
  });

  it.each([
    null,
    '',
    '{broken',
    'null',
    '[1]',
    '"strict"',
    '{"preset":"none","evil":1}',
    '{"thresholds":{"reject":"8","other":1}}',
    '{"mailboxThresholds":[{"tag":1}],"removeMailboxThresholds":"bob@demo.test"}',
    '{"checks":[{"mode":"off"},null,"spf"],"add":[{"pattern":"x"}],"remove":{"action":"allow"}}',
  ])('is nothing where an address holds %s', (text) => {
    expect(isEmpty(readProposal(text))).toBe(true);
  });

  it('leaves out what no setting can be', () => {
    const text = '{"checks":[{"check":"spf","mode":"toString","weight":"9","exempt":"x","evil":1}]}';
    expect(readProposal(text).checks).toEqual([{ check: 'spf' }]);
  });

  it('says the last thing of a mailbox', () => {
    const mailbox = 'you@demo.test';
    const own = withMailbox(withDomains({}, mailbox), { mailbox, hold: 5 });
    expect(own).toEqual({ removeMailboxThresholds: [], mailboxThresholds: [{ mailbox, hold: 5 }] });
    expect(withDomains(own, 'You@demo.test')).toEqual({
      removeMailboxThresholds: ['You@demo.test'],
      mailboxThresholds: [],
    });
  });

  it('says the last thing of a check, and keeps what was said before of its other settings', () => {
    const first = withCheck({}, { check: 'spf', weight: 3 });
    expect(withCheck(first, { check: 'spf', mode: 'reject' }).checks).toEqual([
      { check: 'spf', weight: 3, mode: 'reject' },
    ]);
  });
});
