/** Which list entry decides, and the checks that match client and sender. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listEntry } from '../judge/judge-specification.ts';
import type { ListEntry } from '../policy/policy.ts';
import { concluded, viewOf } from './check-specification.ts';
import { ipList } from './ip-list.ts';
import { firstMatch } from './lists.ts';
import { senderList } from './sender-list.ts';

const scopes = ['mailbox', 'domain', 'service'] as const;
const actions = ['allow', 'block'] as const;
/** As published: mailbox allow > mailbox block > domain allow > domain block > service allow > service block. */
const order = scopes.flatMap((scope) => actions.map((action) => ({ scope, action })));

const listsOf = (entries: Partial<Record<(typeof scopes)[number], readonly ListEntry[]>>) => ({
  lists: { mailbox: [], domain: [], service: [], ...entries },
});

describe('the first match', () => {
  it('is the highest in the published order, whichever entries match', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 5 })), (ranks) => {
        const entriesOf = (scope: (typeof scopes)[number]) =>
          ranks
            .filter((rank) => order[rank]!.scope === scope)
            .map((rank) => listEntry(order[rank]!.action, `r${rank}.example`));
        const view = viewOf(
          listsOf({
            mailbox: entriesOf('mailbox'),
            domain: entriesOf('domain'),
            service: entriesOf('service'),
          }),
        );
        const found = firstMatch(view, () => true);
        const best = ranks.length === 0 ? undefined : Math.min(...ranks);
        expect(found).toEqual(
          best === undefined ? undefined : { ...order[best]!, pattern: `r${best}.example` },
        );
      }),
    );
  });

  it('is never an entry that has expired', () => {
    const view = (expires: string) =>
      viewOf(listsOf({ domain: [listEntry('block', 'x.example', { expires })] }));
    expect(firstMatch(view('2026-11-22T12:00:00.000Z'), () => true)).toBeUndefined();
    expect(firstMatch(view('2026-11-22T12:00:00.001Z'), () => true)).toMatchObject({ action: 'block' });
  });

  it('is never an entry that cannot be read', () => {
    const view = viewOf(listsOf({ domain: [listEntry('block', 'not a pattern')] }));
    expect(firstMatch(view, () => true)).toBeUndefined();
  });
});

describe('ip-list', () => {
  const judgeClient = (ip: string, entry: ListEntry) =>
    concluded(ipList, { envelope: { ip }, view: listsOf({ domain: [entry] }) });

  it('finds the client by address and by network', async () => {
    expect(await judgeClient('192.0.2.77', listEntry('block', '192.0.2.0/24'))).toEqual({
      result: 'fail',
      reason: 'client-listed',
      sentence: "192.0.2.77 is on the domain's block list (192.0.2.0/24).",
      list: { action: 'block', scope: 'domain', pattern: '192.0.2.0/24' },
    });
    expect(await judgeClient('2001:db8::5', listEntry('allow', '2001:db8::/32'))).toEqual({
      result: 'pass',
      sentence: "2001:db8::5 is on the domain's allow list (2001:db8::/32).",
      list: { action: 'allow', scope: 'domain', pattern: '2001:db8::/32' },
    });
  });

  it('finds nothing otherwise', async () => {
    expect(await judgeClient('198.51.100.1', listEntry('block', '192.0.2.0/24'))).toEqual({
      result: 'none',
      sentence: '198.51.100.1 is on no list.',
    });
  });
});

describe('sender-list', () => {
  const judgeSender = (entry: ListEntry, some: Parameters<typeof concluded>[1] = {}) =>
    concluded(senderList, { ...some, view: { ...listsOf({ mailbox: [entry] }), ...some.view } });

  it('finds the envelope sender', async () => {
    expect(await judgeSender(listEntry('block', 'alice@sender.example'))).toEqual({
      result: 'fail',
      reason: 'sender-listed',
      sentence: "The sender is on the mailbox's block list (alice@sender.example).",
      list: { action: 'block', scope: 'mailbox', pattern: 'alice@sender.example' },
    });
  });

  it('finds the address of the From header, unless told not to look', async () => {
    const envelope = { sender: 'bounce@bulk.example' };
    const entry = listEntry('allow', 'sender.example');
    expect(await judgeSender(entry, { envelope })).toMatchObject({
      result: 'pass',
      list: { action: 'allow' },
    });
    expect(await judgeSender(entry, { envelope, settings: { matchFrom: false } })).toEqual({
      result: 'none',
      sentence: 'The sender is on no list.',
    });
  });

  it('names the entry with its note, and says where an entry wants a proof that is not there', async () => {
    const noted = listEntry('block', 'sender.example', { note: 'asked them twice' });
    expect(await judgeSender(noted)).toMatchObject({
      sentence: "The sender is on the mailbox's block list (sender.example).",
      list: { note: 'asked them twice' },
    });
    expect(await judgeSender(listEntry('allow', 'sender.example', { authenticated: true }))).toEqual({
      result: 'none',
      sentence:
        "The sender is on the mailbox's allow list (sender.example), but neither SPF nor DKIM proves that it is the sender.",
    });
  });

  it('never finds the null sender', async () => {
    const found = await judgeSender(listEntry('block', '*'), {
      envelope: { sender: '' },
      message: { from: [] },
    });
    expect(found).toMatchObject({ result: 'none' });
  });

  describe('where the entry counts only for a proven sender', () => {
    const entry = listEntry('allow', 'sender.example', { authenticated: true });

    it.each([
      ['SPF', { spf: { result: 'pass' as const, domain: 'bounce.sender.example' } }],
      [
        'DKIM',
        {
          dkim: [
            { result: 'pass' as const, domain: 'sender.example', selector: 's', algorithm: 'rsa-sha256' },
          ],
        },
      ],
    ])('takes the proof by %s', async (_name, proof) => {
      expect(await judgeSender(entry, { view: proof })).toMatchObject({ result: 'pass' });
    });

    it.each([
      ['nothing', {}],
      ['a failed SPF', { spf: { result: 'fail' as const, domain: 'sender.example' } }],
      ['SPF of another domain', { spf: { result: 'pass' as const, domain: 'bulk.example' } }],
      [
        'a broken signature',
        {
          dkim: [
            { result: 'fail' as const, domain: 'sender.example', selector: 's', algorithm: 'rsa-sha256' },
          ],
        },
      ],
    ])('does not take %s', async (_name, proof) => {
      expect(await judgeSender(entry, { view: proof })).toMatchObject({ result: 'none' });
    });
  });
});
