/** Findings of a mail in the order in which they matter; its sender; its release; its way; the list it is in. */
import { describe, expect, it } from 'vitest';
import { deliveryLines } from './delivery.ts';
import {
  type Finding,
  groupsOf,
  outcomesOf,
  type Part,
  type Recipient,
  releasableTo,
  toldSentence,
} from './mail.ts';
import { asList, neighboursOf } from './neighbours.ts';
import { dangerOf } from './parts.ts';
import { releaseState } from './release.ts';
import { linesOf } from './timeline.ts';

const finding = (check: string, more: Partial<Finding> = {}): Finding =>
  ({ check, title: check, result: 'pass', mode: 'score', score: 0, sentence: '', ...more }) as Finding;

const findings: readonly Finding[] = [
  finding('passes'),
  finding('adds', { result: 'fail', score: 2 }),
  finding('cannot', { result: 'error' }),
  finding('watches', { result: 'fail', mode: 'observe' }),
  finding('adds-more', { result: 'fail', score: 5 }),
  finding('decides', { result: 'fail', mode: 'reject', decisive: true }),
  finding('is-not-there', { result: 'not-configured' }),
  finding('leaves-alone', { result: 'exempt' }),
];

describe('findings', () => {
  it('that counted come first, the weightiest at the top', () => {
    const groups = groupsOf(findings);
    const names = (list: readonly Finding[]) => list.map(({ check }) => check);
    expect(names(groups.against)).toEqual(['decides', 'adds-more', 'adds']);
    expect(names(groups.watched)).toEqual(['watches']);
    expect(names(groups.passed)).toEqual(['passes', 'leaves-alone']);
    expect(names(groups.notMade)).toEqual(['cannot', 'is-not-there']);
  });

  it('are each in one group', () => {
    expect(Object.values(groupsOf(findings)).flat().toSorted(byName)).toEqual(findings.toSorted(byName));
  });

  it('of an allow list that decided speak for the mail', () => {
    const allowed = finding('allowed', {
      decisive: true,
      list: { action: 'allow', scope: 'domain', pattern: 'good.example' },
    });
    expect(groupsOf([allowed]).allowing).toEqual([allowed]);
  });
});

const byName = (one: Finding, other: Finding): number => one.check.localeCompare(other.check);

const recipient = (address: string, verdict: Recipient['verdict']): Recipient => ({
  recipient: address,
  verdict,
  reason: 'clean',
  score: 0,
  findings: [],
  sentence: verdict,
  thresholds: { tag: 4, hold: 7, reject: 10 },
  wouldChange: [],
});

it('recipients for whom all came to the same stand together', () => {
  const all = [recipient('a@x', 'hold'), recipient('b@x', 'accept'), recipient('c@x', 'hold')];
  expect(outcomesOf(all).map(({ recipients }) => recipients)).toEqual([['a@x', 'c@x'], ['b@x']]);
});

it('the sender of an imported mail was told nothing', () => {
  const envelope = { ip: '', helo: '', sender: '', recipients: [] };
  expect(toldSentence({ verdict: 'hold', envelope: { ...envelope, imported: true } })).toMatch(/^Nothing/);
  expect(toldSentence({ verdict: 'reject', envelope })).toMatch(/refused/);
});

const at = '2026-11-22T12:00:00.000Z';
type Status = 'released' | 'delivered' | 'bounced' | 'deferred';
const delivery = (to: string, status: Status, lastResponse = '') => ({
  recipient: to,
  status,
  attempts: 1,
  lastResponse,
  at,
});

describe('a release', () => {
  const held = {
    recipients: [recipient('a@x', 'hold'), recipient('b@x', 'accept')],
    canRelease: true,
    kept: true,
    verdict: 'hold' as const,
  };

  it('goes to those whom the mail was kept from, and whom it could not be delivered to', () => {
    expect(releasableTo({ ...held, deliveries: [delivery('b@x', 'bounced')] })).toEqual(['a@x', 'b@x']);
  });

  it.each([
    ['nothing yet', [], 'Release', true],
    ['on its way', [delivery('a@x', 'released')], 'On its way', false],
    ['done', [delivery('a@x', 'delivered')], 'Delivered', false],
    ['bounced', [delivery('a@x', 'bounced')], 'Not delivered', true],
    ['gone elsewhere', [delivery('z@y', 'delivered')], 'Release', true],
  ])('that is %s says so', (_, deliveries, title, toAll) => {
    expect(releaseState({ ...held, deliveries })).toMatchObject({ title, toAll });
  });

  it('of a mail that was not kept cannot be', () => {
    const { sentence } = releaseState({ ...held, kept: false, canRelease: false, deliveries: [] });
    expect(sentence).toMatch(/No copy/);
  });

  it('names the host that took it, and its words, harmless', () => {
    const event = { type: 'MailDelivered', summary: { recipients: ['a@x'], host: 'mail.x:25' } };
    const [line] = deliveryLines([delivery('a@x', 'delivered', '250 \u202Eok')], [event as never]);
    expect(line).toMatchObject({ state: 'done', host: 'mail.x:25', said: '250 ok' });
  });
});

it('what happened is told from the first byte on', () => {
  const actor = { kind: 'edge', id: 'mx1' };
  const entry = (type: string, summary: object, actorName = 'Edge mx1') =>
    ({ eventId: type, type, at, actor, actorName, summary }) as never;
  const lines = linesOf({
    receivedAt: at,
    envelope: { ip: '192.0.2.1', helo: 'h', sender: '', recipients: [], tls: 'TLSv1.3' },
    intake: { at },
    timeline: [
      entry('MailJudged', { verdict: 'reject', reason: 'virus' }),
      entry('MailReleased', { recipients: ['a@x'] }, 'Ann'),
      entry('MailDeliveryDeferred', {
        recipients: ['a@x'],
        host: '',
        response: 'away',
        attempt: 2,
        nextAttemptAt: at,
      }),
      entry('MailViewed', { what: 'raw' }, 'Ann'),
      entry('SomethingNew', {}),
    ],
  });
  expect(lines.map(({ text, said }) => `${text}|${said ?? ''}`)).toEqual([
    'Received over TLSv1.3|from 192.0.2.1, greeting as h',
    'Refused by edge mx1|',
    'Released by Ann|to a@x',
    'Not taken at attempt 2|to a@x; away',
    'Downloaded by Ann|',
  ]);
});

describe('parts', () => {
  const part = (name: string, type: string, isAttachment = true): Part => ({
    index: 0,
    name,
    type,
    size: 1,
    isAttachment,
  });
  it.each([
    ['a.pdf.exe', 'application/pdf'],
    ['a.EXE. ', 'image/png'],
    ['', 'application/x-msdownload'],
    ['login.html', 'text/html'],
    ['all.zip', 'application/zip'],
    ['book.xlsm', 'application/octet-stream'],
  ])('%s (%s) may do harm', (name, type) => expect(dangerOf(part(name, type))).toBeDefined());
  it.each([
    ['a.pdf', 'application/pdf', true],
    ['', 'text/html', false],
    ['me.png', 'image/png', true],
  ])('%s (%s) looks harmless', (name, type, isAttachment) =>
    expect(dangerOf(part(name, type, isAttachment))).toBeUndefined(),
  );
});

describe('the list that somebody came from', () => {
  const ids = ['1', '2', '3'].map((last) => `01a20349-b2bb-7732-8be3-ba3e2e72e65${last}`);
  it('has a mail before and one after', () => {
    expect(neighboursOf(ids[1] ?? '', { href: '/quarantine', ids })).toEqual({
      previous: ids[0],
      next: ids[2],
      at: 2,
    });
    expect(neighboursOf('other', { href: '/quarantine', ids })).toMatchObject({ at: 0 });
  });
  it.each([null, 7, { href: '//evil.example', ids }, { href: '/quarantine', ids: 'x' }])(
    'is not %o',
    (value) => expect(asList(value)).toEqual({ href: '/quarantine', ids: [] }),
  );
  it('leads to no path but one of ours', () => {
    expect(asList({ href: '/quarantine?q=a', ids: [...ids, '../members'] })).toEqual({
      href: '/quarantine?q=a',
      ids,
    });
  });
});
