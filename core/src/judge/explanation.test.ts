/** A judgement explained: what it rests on, and what would have changed it, in sentences as people read them. */
import { describe, expect, it } from 'vitest';
import { observed } from '../checks/check.ts';
import { type CheckPolicy, type Policy } from '../policy/policy.ts';
import { currentEdition, presetPolicy } from '../policy/presets.ts';
import { explainRecipients } from './explanation.ts';
import { groundsOf } from './grounds.ts';
import { judge, type MailFacts } from './judge.ts';
import { checkPolicy, listEntry, mailWith } from './judge-specification.ts';
import type { Finding } from './verdict.ts';

const sender = observed({ sender: 'alice@sender.example', from: 'alice@sender.example' });
const names = observed({ ip: '192.0.2.10', names: [{ name: 'a.example', addresses: [] }] });
const spf = observed({ result: 'fail', domain: 'sender.example', record: 'v=spf1 -all' });

function policyWith(
  checks: Readonly<Record<string, Partial<CheckPolicy>>>,
  some: Partial<Policy> = {},
): Policy {
  const preset = presetPolicy('balanced', currentEdition);
  const own = Object.entries(checks).map(([name, one]) => [
    name,
    checkPolicy({ ...preset.checks[name], exempt: [], ...one }),
  ]);
  const lists = { 'ip-list': checkPolicy(), 'sender-list': checkPolicy() };
  return {
    revision: 1,
    ...preset,
    checks: { ...lists, ...(Object.fromEntries(own) as Policy['checks']) },
    lists: [],
    serviceLists: [],
    ...some,
  };
}

const explained = (mail: MailFacts, policy: Policy) =>
  explainRecipients(mail, policy, judge(mail, policy)).map(({ sentence, wouldChange }) => ({
    sentence,
    wouldChange: wouldChange.map((one) => one.sentence),
  }))[0];

const facts = { 'sender-list': sender, fcrdns: names, spf };
const listed = { ran: ['ip-list', 'sender-list', 'fcrdns', 'spf'] };

describe('the explanation', () => {
  it('of a sum says which points made the difference, and that an entry would have helped', () => {
    const policy = policyWith({ fcrdns: { mode: 'score', weight: 4 }, spf: { mode: 'score', weight: 3.5 } });
    expect(explained(mailWith(facts, listed), policy)).toEqual({
      sentence:
        'Held in the quarantine: 7.5 points (Reverse name leads back 4, SPF 3.5); mail is marked from 4, held from 7 and refused from 10 points.',
      wouldChange: [
        'Without “Reverse name leads back” (4 points) the sum would be 3.5, below 7 from which mail is held: it would have been accepted.',
        'Without “SPF” (3.5 points) the sum would be 4, below 7 from which mail is held: it would have been accepted and marked.',
        'An allow entry for alice@sender.example would have let it in.',
      ],
    });
  });

  it('of a refusal by one check says what would have been without it', () => {
    const policy = policyWith({ fcrdns: { mode: 'score', weight: 4 }, spf: { mode: 'reject' } });
    expect(explained(mailWith(facts, listed), policy)?.wouldChange).toEqual([
      'Had “SPF” found nothing, it would have been accepted and marked.',
      'An allow entry for alice@sender.example would have let it in.',
    ]);
  });

  it('of a list names the entry, and says what there is besides it', () => {
    const lists = [listEntry('allow', '*.example'), listEntry('allow', 'sender.example')];
    const policy = policyWith({ spf: { mode: 'reject' }, dkim: { mode: 'score' } }, { lists });
    expect(explained(mailWith(facts, listed), policy)).toEqual({
      sentence: "Accepted: The sender is on the domain's allow list (*.example).",
      wouldChange: [],
    });
    const one = policyWith({ spf: { mode: 'reject' }, dkim: { mode: 'score' } }, { lists: lists.slice(1) });
    expect(explained(mailWith(facts, listed), one)?.wouldChange).toEqual([
      expect.stringMatching(
        /^Without the entry sender\.example on the domain's allow list it would have been refused \(sender\.example does not permit .+\), as far as was looked at\.$/,
      ),
    ]);
  });

  it('of a block by the mailbox says that only its own list could have let it in', () => {
    const lists = [listEntry('block', 'sender.example', { mailbox: 'bob@here.example' })];
    expect(explained(mailWith(facts, listed), policyWith({}, { lists }))?.wouldChange).toEqual([
      "Without the entry sender.example on the mailbox's block list it would have been accepted.",
      "An allow entry for alice@sender.example on the mailbox's own list would have let it in.",
    ]);
  });

  it('of the null sender offers an entry for the server', () => {
    const policy = policyWith({ spf: { mode: 'reject' } });
    const mail = mailWith(facts, listed);
    const bounce = { ...mail, envelope: { ...mail.envelope, sender: '' } };
    expect(explained(bounce, policy)?.wouldChange).toContain(
      'An allow entry for 192.0.2.10 would have let it in.',
    );
  });

  it('of an accepted mail says what a check that only watches would have done', () => {
    const policy = policyWith({ spf: { mode: 'observe', weight: 12 } });
    expect(explained(mailWith(facts, listed), policy)?.wouldChange).toEqual([
      '“SPF” is only watched here; if its points counted, it would have been refused.',
    ]);
  });

  it('measures by the thresholds of the mailbox, and says what those of the domain would do', () => {
    const mailboxThresholds = { 'bob@here.example': { tag: 1, hold: 2, reject: 3 } };
    const policy = policyWith({ spf: { mode: 'score', weight: 3 } }, { mailboxThresholds });
    expect(explained(mailWith(facts, listed), policy)).toMatchObject({
      sentence: 'Refused: 3 points (SPF 3); mail is marked from 1, held from 2 and refused from 3 points.',
      wouldChange: [
        'Without “SPF” (3 points) the sum would be 0, below 3 from which mail is refused: it would have been accepted.',
        "By the thresholds of the domain (4, 7, 10) instead of the mailbox's own it would have been accepted.",
        'An allow entry for alice@sender.example would have let it in.',
      ],
    });
  });

  it('takes no longer for many recipients than judging them a few times', () => {
    const recipients = Array.from({ length: 1_000 }, (_, at) => `u${at}@here.example`);
    const mail = mailWith(facts, listed);
    const policy = policyWith({ spf: { mode: 'reject' } });
    const many = { ...mail, envelope: { ...mail.envelope, recipients } };
    const began = process.cpuUsage();
    expect(explainRecipients(many, policy, judge(many, policy))).toHaveLength(1_000);
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(5_000);
  });
});

describe('grounds', () => {
  const finding = (check: string, some: Partial<Finding> = {}): Finding => ({
    check,
    result: 'fail',
    mode: 'reject',
    score: 0,
    sentence: '',
    ...some,
  });

  it('are the entry of a list, the zones that list, or the record', () => {
    const list = { action: 'block', scope: 'service', pattern: '192.0.2.0/24' } as const;
    expect(groundsOf(finding('ip-list', { list }), observed({}))).toEqual([
      "the entry 192.0.2.0/24 on the service's block list",
    ]);
    expect(groundsOf(finding('dnsbl', { sources: ['bl.example'] }), observed({ zones: [] }))).toEqual([
      'the zone bl.example',
    ]);
    expect(groundsOf(finding('spf'), spf)).toEqual(['the TXT record of sender.example: v=spf1 -all']);
    const signatures = [{ selector: 's1', domain: 'sender.example', result: 'fail' }];
    expect(groundsOf(finding('dkim'), observed({ signatures }))).toEqual([
      'the key at s1._domainkey.sender.example: fail',
    ]);
    const record = { status: 'found', recordDomain: 'sender.example', policy: 'reject' };
    expect(groundsOf(finding('dmarc'), observed({ record, proofs: [] }))).toEqual([
      'the TXT record of _dmarc.sender.example: reject',
    ]);
  });

  it('are none where nothing was observed, or the fact is of another version', () => {
    expect(groundsOf(finding('spf'), { status: 'nothing' })).toEqual([]);
    expect(groundsOf(finding('dkim'), observed({ odd: true }))).toEqual([]);
    expect(groundsOf(finding('constructor'), observed({}))).toEqual([]);
  });
});
