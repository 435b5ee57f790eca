/** Queries on the read models: whatever is asked, under whatever scope, no tenant sees another's rows, and pages are whole. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountScope,
  isVisible,
  operatorScope,
  type TenantScope,
} from '@sluice/core/kernel/tenant-scope.ts';
import {
  addCounts,
  connectPostgres,
  createMailLookup,
  domainIdByName,
  domainsChangedAfter,
  insertMails,
  insertTimeline,
  lastDomainChange,
  listAccounts,
  listDomains,
  listMails,
  listMembers,
  listUsers,
  type MailFilter,
  type Postgres,
  showAccount,
  showDomain,
  showMail,
  showUser,
  statisticsOf,
  timelineOf,
  upsertAccounts,
  upsertDomains,
  upsertUsers,
  userByEmail,
} from '@sluice/postgres';
import { makeTenants, type Tenants } from './postgres.tenants.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let postgres: Postgres;
let tenants: Tenants;
const db = () => postgres.db;

beforeAll(async () => {
  postgres = connectPostgres(server.url);
  await postgres.migrate();
  tenants = makeTenants();
  await db()
    .transaction()
    .execute(async (tx) => {
      await upsertUsers(tx, tenants.users);
      await upsertAccounts(tx, tenants.accounts);
      await upsertDomains(tx, tenants.domains);
      await insertMails(tx, tenants.mails);
      await insertTimeline(tx, tenants.timeline);
      await addCounts(tx, tenants.counts);
    });
});
afterAll(() => postgres?.close());

/** All kinds of scopes, also of accounts that do not exist and of domains of others. */
const scopes = (): fc.Arbitrary<TenantScope> => {
  const accountId = fc.constantFrom(...tenants.accounts.map((one) => one.accountId), randomUUID());
  const domainIds = fc.subarray(tenants.domains.map((one) => one.domainId));
  return fc.oneof(
    accountId.map((id) => accountScope(id)),
    fc.tuple(accountId, domainIds).map(([id, domains]) => accountScope(id, domains)),
  );
};

interface Owned {
  readonly accountId: string | undefined;
  readonly domainId?: string | undefined;
}

/** What core says of a row; one of no domain is for those who see the whole account. */
function isAllowed(scope: TenantScope, { accountId, domainId }: Owned): boolean {
  if (scope.kind === 'service') return true;
  if (accountId === undefined) return false;
  if (domainId === undefined) return scope.accountId === accountId && scope.domainIds === undefined;
  return isVisible(scope, { accountId, domainId });
}

const always = { since: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z' };

describe('under any scope', () => {
  const everyScope = (check: (scope: TenantScope) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(scopes(), check), { numRuns: 60 });

  it('lists show exactly what is the scope’s', async () => {
    await everyScope(async (scope) => {
      const allowed = <T extends Owned>(rows: readonly T[]): T[] =>
        rows.filter((row) => isAllowed(scope, row));
      const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).toSorted();
      expect(ids(await listDomains(scope, db(), { withRemoved: true }))).toEqual(
        allowed(tenants.domains.map((one) => ({ ...one, accountId: one.state.accountId })))
          .map((one) => one.domainId)
          .toSorted(),
      );
      expect(ids(await domainsChangedAfter(scope, db(), { after: undefined, limit: 100 }))).toEqual(
        ids(await listDomains(scope, db(), { withRemoved: true })),
      );
      expect(ids((await listMails(scope, db(), { limit: 200 })).items)).toEqual(
        allowed(tenants.mails)
          .map((one) => one.mailId)
          .toSorted(),
      );
      expect(ids(await listAccounts(scope, db()))).toEqual(
        allowed(tenants.accounts.map(({ accountId }) => ({ accountId })))
          .map((one) => one.accountId)
          .toSorted(),
      );
      const members = await listMembers(scope, db());
      expect(members.every(({ accountId }) => isAllowed(scope, { accountId }))).toBe(true);
      expect(ids(await listUsers(scope, db()))).toEqual(
        [...new Set(members.map(({ userId }) => userId))].toSorted(),
      );
    });
  });

  it('things of others are not there, by whatever they are asked for', async () => {
    await everyScope(async (scope) => {
      for (const { domainId, state } of tenants.domains) {
        const isMine = isAllowed(scope, { accountId: state.accountId, domainId });
        expect((await showDomain(scope, db(), domainId)) !== undefined).toBe(isMine);
        expect((await domainIdByName(scope, db(), state.name)) === domainId).toBe(isMine);
        const page = await listMails(scope, db(), { domainId, limit: 200 });
        const mails = tenants.mails.filter((mail) => mail.domainId === domainId);
        expect(page.items).toHaveLength(isMine ? mails.length : 0);
        const events = await timelineOf(scope, db(), { subject: 'domain', id: domainId });
        expect(events.items.length > 0).toBe(isMine);
        const figures = await statisticsOf(scope, db(), { ...always, domainId, by: 'day' });
        expect(figures.series.length > 0).toBe(isMine);
      }
      for (const { accountId } of tenants.accounts) {
        expect((await showAccount(scope, db(), accountId)) !== undefined).toBe(
          isAllowed(scope, { accountId }),
        );
        expect((await listMembers(scope, db(), { accountId })).length > 0).toBe(
          isAllowed(scope, { accountId }),
        );
        expect(
          (await listDomains(scope, db(), { accountId })).every((one) =>
            isAllowed(scope, { accountId, domainId: one.id }),
          ),
        ).toBe(true);
      }
    });
  });

  it('mails, users and sums of others stay hidden', async () => {
    await everyScope(async (scope) => {
      for (const mail of tenants.mails.filter((_, index) => index % 7 === 0)) {
        const isMine = isAllowed(scope, mail);
        expect((await showMail(scope, db(), mail.mailId)) !== undefined).toBe(isMine);
        expect((await createMailLookup(db()).find(scope, mail.mailId)) !== undefined).toBe(isMine);
        const { items } = await timelineOf(scope, db(), { subject: 'mail', id: mail.mailId });
        expect(items).toHaveLength(isMine ? 1 : 0);
      }
      const visibleUsers = new Set((await listMembers(scope, db())).map(({ userId }) => userId));
      for (const { userId, state } of tenants.users) {
        expect((await showUser(scope, db(), userId)) !== undefined).toBe(visibleUsers.has(userId));
        const email = state.status === 'active' ? state.email : '';
        expect((await userByEmail(scope, db(), email.toUpperCase())) !== undefined).toBe(
          visibleUsers.has(userId),
        );
      }
      const counted = tenants.counts.filter((one) => one.check === '' && isAllowed(scope, one));
      const figures = await statisticsOf(scope, db(), { ...always, by: 'day' });
      const sum = (rows: readonly { readonly count: number }[]) =>
        rows.reduce((total, one) => total + one.count, 0);
      expect(sum(figures.series)).toBe(sum(counted));
      expect(sum(figures.reasons)).toBe(sum(counted));
    });
  });

  it('the last change of a domain is one of the scope’s own', async () => {
    await everyScope(async (scope) => {
      const mine = tenants.domains.filter(({ domainId, state }) =>
        isAllowed(scope, { accountId: state.accountId, domainId }),
      );
      const last = mine.map(({ position }) => Number(position)).toSorted((a, b) => b - a)[0];
      expect(await lastDomainChange(scope, db())).toBe(last?.toString());
    });
  });
});

describe('pages of mails', () => {
  const filters: MailFilter[] = [
    {},
    { verdicts: ['reject'] },
    { verdicts: ['reject', 'hold'], reason: 'spf-fail' },
    { since: '2026-06-01T00:00:00.000Z', until: '2026-06-20T00:00:00.000Z' },
    { delivery: 'pending' },
  ];

  it('together hold every mail once, newest first, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...filters),
        fc.integer({ min: 1, max: 60 }),
        async (filter, limit) => {
          const seen = [];
          let cursor: string | undefined;
          do {
            const page = await listMails(operatorScope(), db(), {
              ...filter,
              limit,
              ...(cursor === undefined ? {} : { cursor }),
            });
            seen.push(...page.items);
            cursor = page.next;
          } while (cursor !== undefined);
          const wanted = tenants.mails.filter(
            (mail) =>
              (filter.verdicts?.includes(mail.verdict as 'reject') ?? true) &&
              (filter.reason === undefined || mail.reason === filter.reason) &&
              (filter.delivery === undefined || mail.delivery === filter.delivery) &&
              (filter.since === undefined || mail.receivedAt >= filter.since) &&
              (filter.until === undefined || mail.receivedAt < filter.until),
          );
          expect(seen.map(({ id }) => id)).toEqual(
            wanted
              .toSorted((a, b) => (`${a.receivedAt}${a.mailId}` < `${b.receivedAt}${b.mailId}` ? 1 : -1))
              .map(({ mailId }) => mailId),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('do not move when mail arrives meanwhile', async () => {
    const first = await listMails(operatorScope(), db(), { limit: 10 });
    const second = await listMails(operatorScope(), db(), { limit: 10, cursor: first.next! });
    const newest = { ...tenants.mails[0]!, mailId: randomUUID(), receivedAt: '2026-12-24T00:00:00.000Z' };
    await db()
      .transaction()
      .execute((tx) => insertMails(tx, [newest]));
    tenants.mails.push(newest);
    const again = await listMails(operatorScope(), db(), { limit: 10, cursor: first.next! });
    expect(again.items.map(({ id }) => id)).toEqual(second.items.map(({ id }) => id));
  });
});

describe('what nobody could mean', () => {
  it.each(['', 'no-id', "'; drop table mails; --", '\0', 'ü'.repeat(500)])(
    'finds nothing: %j',
    async (text) => {
      const scope = operatorScope();
      expect(await showMail(scope, db(), text)).toBeUndefined();
      expect(await showDomain(scope, db(), text)).toBeUndefined();
      expect(await showAccount(scope, db(), text)).toBeUndefined();
      expect(await showUser(scope, db(), text)).toBeUndefined();
      expect((await listMails(scope, db(), { cursor: text })).items).toEqual([]);
      expect((await listMails(scope, db(), { domainId: text })).items).toEqual([]);
      expect((await timelineOf(scope, db(), { subject: 'mail', id: text })).items).toEqual([]);
      expect(await listDomains(scope, db(), { accountId: text })).toEqual([]);
    },
  );
});
