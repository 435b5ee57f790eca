/** The read models, end to end: from what edges and commands put into the log to what queries answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { handleCommand } from '@sluice/core/kernel/handle-command.ts';
import type { TakeBatch } from '@sluice/core/intake/take-batch.ts';
import { releaseMail, readDecision } from '@sluice/core/use-cases/mails.ts';
import { changeDomain, removeDomain } from '@sluice/core/use-cases/domains.ts';
import { createUser, changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { userKeyId } from '@sluice/core/user/user.ts';
import {
  createMailLookup,
  domainsChangedAfter,
  listAccounts,
  listMails,
  listMembers,
  listUsers,
  showDomain,
  showMail,
  statisticsOf,
  timelineOf,
  waitFor,
} from '@sluice/postgres';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  startCentre,
  type TestDomain,
  type TestEdge,
} from './intake.harness.ts';
import { directIntake, type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
const scope = operatorScope();
let centre: Centre;
let readSide: ReadSide;
let take: TakeBatch;
let edge: TestEdge;
let domain: TestDomain;

beforeAll(async () => {
  centre = await startCentre(server.url);
  readSide = await startReadSide(centre);
  take = directIntake(centre);
  edge = createEdge(centre, 'mx1');
  domain = await makeDomain(centre, 'projected.example');
});

afterAll(async () => {
  await readSide?.close();
  await centre?.close();
});

const db = () => centre.postgres.db;
const seen = async (mailId: string) =>
  eventually(`mail ${mailId} in the read model`, () => showMail(scope, db(), mailId));

describe('settings', () => {
  it('shows an account, its domain and the revision of its policy', async () => {
    expect(await waitFor(db(), 'settings', domain.position)).toBe(true);
    expect(await listAccounts(scope, db())).toMatchObject([{ id: domain.accountId, status: 'open' }]);
    expect(await showDomain(scope, db(), 'Projected.Example.')).toMatchObject({
      id: domain.domainId,
      revision: 1,
      details: { status: 'active', proven: true, preset: 'balanced' },
      position: domain.position,
    });
  });

  it('follows a change, and feeds it after the position before', async () => {
    const changed = must(
      await changeDomain(centre.context, domain, {
        type: 'AddListEntry',
        data: { action: 'block', pattern: '@spam.example', authenticated: false },
      }),
    );
    expect(await waitFor(db(), 'settings', changed.position ?? '')).toBe(true);
    const [fed] = await domainsChangedAfter(scope, db(), { after: domain.position, limit: 10 });
    expect(fed).toMatchObject({ id: domain.domainId, revision: 2, position: changed.position });
    expect(fed?.details.lists).toHaveLength(1);
    expect(await domainsChangedAfter(scope, db(), { after: changed.position, limit: 10 })).toEqual([]);
  });

  it('says when a domain was removed', async () => {
    const gone = await makeDomain(centre, 'gone.example');
    const removed = must(await removeDomain(centre.context, gone));
    expect(await waitFor(db(), 'settings', removed.position ?? '')).toBe(true);
    const shown = await showDomain(scope, db(), gone.domainId);
    expect(shown?.details.status).toBe('removed');
    expect(Date.parse(shown?.removedAt ?? '')).not.toBeNaN();
  });

  it('knows users as members, and forgets one whose key is destroyed when it is rebuilt', async () => {
    const user = must(await createUser(centre.context, { email: 'Ann@example.org', name: 'Ann' }));
    const added = must(
      await changeAccount(centre.context, domain.accountId, {
        type: 'AddMember',
        data: { userId: user.id, role: 'owner' },
      }),
    );
    expect(await waitFor(db(), 'settings', added.position ?? '')).toBe(true);
    expect(await listMembers(scope, db(), { accountId: domain.accountId })).toMatchObject([
      { userId: user.id, email: 'Ann@example.org', role: 'owner' },
    ]);
    await centre.keys.destroy(userKeyId(user.id));
    await readSide.projections.rebuild('settings');
    expect(await listUsers(scope, db())).toEqual([]);
    expect((await showDomain(scope, db(), domain.name))?.revision).toBe(2);
  });
});

describe('mails', () => {
  it('lists a refused mail with what was decided and where its body lies', async () => {
    const item = await edge.decide(domain, { subject: 'Buy\0 now \ud800' });
    expect(await take({ edge: 'mx1', items: [item] })).toEqual({ taken: [item.seq], refused: [] });
    expect(await seen(item.mailId)).toMatchObject({
      verdict: 'reject',
      reason: 'spf-fail',
      subject: 'Buy now \ufffd',
      sender: 'alice@sender.example',
      recipients: ['bob@projected.example'],
      kept: true,
      delivery: 'none',
      edge: 'mx1',
      accountId: domain.accountId,
    });
  });

  it('follows an accepted mail until it is delivered', async () => {
    const recipients = ['a@projected.example', 'b@projected.example'];
    const item = await edge.decide(domain, { verdict: 'accept', reason: 'clean', recipients });
    await take({ edge: 'mx1', items: [item] });
    expect(await seen(item.mailId)).toMatchObject({ delivery: 'pending', kept: false });
    const first = await edge.report(domain, item.mailId, {
      type: 'MailDelivered',
      recipients: ['a@projected.example'],
    });
    const second = await edge.report(domain, item.mailId, {
      type: 'MailDelivered',
      recipients: ['b@projected.example'],
      attempt: 2,
    });
    await take({ edge: 'mx1', items: [first] });
    await take({ edge: 'mx1', items: [second, first] });
    await eventually(
      'delivered',
      async () => (await showMail(scope, db(), item.mailId))?.delivery === 'delivered',
    );
  });

  it('is not changed by an edge that did not decide the mail', async () => {
    const item = await edge.decide(domain, { verdict: 'accept', reason: 'clean' });
    await take({ edge: 'mx1', items: [item] });
    const stranger = createEdge(centre, 'mx9');
    const lie = await stranger.report(domain, item.mailId, {
      type: 'MailDelivered',
      recipients: ['bob@projected.example'],
    });
    await take({ edge: 'mx9', items: [lie] });
    const truth = await edge.report(domain, item.mailId, {
      type: 'MailDeliveryDeferred',
      recipients: ['bob@projected.example'],
    });
    await take({ edge: 'mx1', items: [truth] });
    await eventually(
      'deferred',
      async () => (await showMail(scope, db(), item.mailId))?.delivery === 'deferred',
    );
  });

  it('shows a release, and the whole timeline of the mail', async () => {
    const item = await edge.decide(domain);
    await take({ edge: 'mx1', items: [item] });
    await seen(item.mailId);
    const place = await createMailLookup(db()).find(scope, item.mailId);
    const decision = must(await readDecision(centre.context.ports, place!));
    const released = must(await releaseMail(centre.context, decision, {}));
    expect(await waitFor(db(), 'mails', released.position ?? '')).toBe(true);
    expect(await waitFor(db(), 'timeline', released.position ?? '')).toBe(true);
    expect((await showMail(scope, db(), item.mailId))?.delivery).toBe('released');
    const { items } = await timelineOf(scope, db(), { subject: 'mail', id: item.mailId });
    expect(items.map(({ type, actor }) => [type, actor.id])).toEqual([
      ['MailJudged', 'mx1'],
      ['MailReleased', 'operator'],
    ]);
    expect(items[1]?.summary).toMatchObject({ recipients: ['bob@projected.example'] });
  });
});

describe('statistics', () => {
  it('counts decisions, failed checks and what edges turned away', async () => {
    const counted = await makeDomain(centre, 'counted.example');
    const at = '2026-11-20T10:15:00.000Z';
    const mx = createEdge(centre, 'mx2');
    const items = [
      // Bit 5 is the check ip-list.
      await mx.decide(counted, { at, failed: '20' }),
      await mx.decide(counted, { at, reason: 'score-reject' }),
      await mx.decide(counted, { at, verdict: 'accept', reason: 'clean' }),
      mx.counters(at, [{ reason: 'recipient-unknown', code: 550, domainId: counted.domainId, count: 40 }]),
    ];
    const answer = await take({ edge: 'mx2', items });
    expect(answer.taken).toHaveLength(4);
    const query = {
      domainId: counted.domainId,
      since: '2026-11-20T10:00:00.000Z',
      until: '2026-11-20T11:00:00.000Z',
      by: 'hour',
    } as const;
    const figures = await eventually('all counted', async () => {
      const now = await statisticsOf(scope, db(), query);
      return now.reasons.length === 4 && now;
    });
    expect(figures.series).toEqual([
      { at: '2026-11-20T10:00:00.000Z', verdict: 'accept', count: 1 },
      { at: '2026-11-20T10:00:00.000Z', verdict: 'reject', count: 42 },
    ]);
    expect(figures.checks).toEqual([{ check: 'ip-list', count: 1 }]);
    await readSide.projections.rebuild('statistics');
    expect(await statisticsOf(scope, db(), query)).toEqual(figures);
  });
});

describe('quarantine', () => {
  it('finds a mail by a word of its body, also after a rebuild, and no longer once it has expired', async () => {
    const item = await edge.decide(domain, { text: 'A word like zanzibar is rare.' });
    await take({ edge: 'mx1', items: [item] });
    const reader = await readSide.indexes.openReader();
    const found = async () =>
      (await reader.search(scope, { text: 'zanzibar' })).items.map(({ mailId }) => mailId);
    await eventually('found', async () => (await found()).length === 1);
    expect(await found()).toEqual([item.mailId]);
    await readSide.projections.rebuild('quarantine');
    expect(await found()).toEqual([item.mailId]);

    const { context } = centre;
    const expire = {
      type: 'ExpireMail',
      data: { reason: 'retention' },
      metadata: context.metadata(),
    } as const;
    const target = { ...domain, stream: `mail-${item.mailId}`, keyId: `domain-${domain.domainId}` };
    const expired = must(await handleCommand(context.aggregates.mail, target, expire));
    expect(await waitFor(db(), 'quarantine', String(expired.position))).toBe(true);
    expect(await found()).toEqual([]);
    expect(await waitFor(db(), 'mails', String(expired.position))).toBe(true);
    expect(await showMail(scope, db(), item.mailId)).toMatchObject({ kept: false, body: undefined });
    await reader.close();
  });

  it('finds a mail that bounced by what it holds', async () => {
    const item = await edge.decide(domain, { verdict: 'accept', reason: 'clean' });
    const body = Buffer.from('From: Al <al@x.example>\r\nSubject: Bounced\r\n\r\nkilimanjaro\r\n');
    const bounced = await edge.report(domain, item.mailId, {
      type: 'MailBounced',
      recipients: ['bob@projected.example'],
      body,
    });
    expect((await take({ edge: 'mx1', items: [item, bounced] })).taken).toHaveLength(2);
    const reader = await readSide.indexes.openReader();
    const hit = await eventually(
      'found',
      async () => (await reader.search(scope, { text: 'kilimanjaro' })).items[0],
    );
    expect(hit).toMatchObject({ mailId: item.mailId, reason: 'undeliverable', sender: 'al@x.example' });
    await eventually(
      'bounced',
      async () => (await showMail(scope, db(), item.mailId))?.delivery === 'bounced',
    );
    expect((await showMail(scope, db(), item.mailId))?.kept).toBe(true);
    await reader.close();
  });
});

describe('a rebuild beside the current tables', () => {
  it('never shows a reader less than there is, while mail goes on coming', async () => {
    const busy = await makeDomain(centre, 'busy.example');
    const mx = createEdge(centre, 'mx3');
    const handIn = async (count: number): Promise<void> => {
      const items = [];
      for (let one = 0; one < count; one += 1)
        items.push(await mx.decide(busy, { verdict: 'accept', reason: 'clean' }));
      expect((await take({ edge: 'mx3', items })).taken).toHaveLength(count);
    };
    const listed = async (): Promise<number> =>
      (await listMails(scope, db(), { domainId: busy.domainId, limit: 200 })).items.length;
    await handIn(100);
    await eventually('first hundred', async () => (await listed()) === 100);

    const rebuilt = readSide.projections.rebuild('mails');
    let isDone = false;
    void rebuilt.finally(() => (isDone = true));
    let least = 100;
    while (!isDone) {
      const now = await listed();
      expect(now).toBeGreaterThanOrEqual(least);
      least = now;
      if (now < 150) await handIn(10);
    }
    await rebuilt;
    await handIn(10);
    const total = await eventually('everything', async () => {
      const now = await listed();
      return now > least && now;
    });
    expect(total).toBe(least + 10);
    const page = await listMails(scope, db(), { domainId: busy.domainId, limit: 200 });
    expect(new Set(page.items.map(({ id }) => id)).size).toBe(total);
  });
});
