/** Queries of the panel on the read models: no tenant sees another's figures, nothing is counted twice, nothing is left out. */
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
  deliveriesOf,
  facetsOf,
  insertMails,
  insertTimeline,
  livingEdges,
  namesOfUsers,
  noteEdge,
  overviewOf,
  type Postgres,
  quarantinedAfter,
  routeSetBy,
  upsertAccounts,
  upsertDomains,
  upsertUsers,
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
  const { domainId, state } = tenants.domains[0]!;
  const count = (verdict: string, hour: number, reason: string, check = '') => ({
    hour: `2026-06-02T${hour}:00:00.000Z`,
    domainId,
    accountId: state.accountId,
    verdict,
    reason,
    check,
    count: hour,
  });
  await db()
    .transaction()
    .execute(async (tx) => {
      await upsertUsers(tx, tenants.users);
      await upsertAccounts(tx, tenants.accounts);
      await upsertDomains(tx, tenants.domains);
      await insertMails(tx, tenants.mails);
      await insertTimeline(tx, tenants.timeline);
      await addCounts(tx, tenants.counts);
      await addCounts(tx, [
        count('accept', 10, 'clean'),
        count('tag', 11, 'score-tag'),
        count('hold', 12, 'score-hold'),
        count('defer', 13, 'check-error'),
        count('reject', 14, 'spf-fail'),
        count('reject', 15, 'virus-found'),
        count('reject', 15, '', 'virus'),
        count('accept', 15, '', 'spf'),
      ]);
    });
});
afterAll(() => postgres?.close());

const scopes = (): fc.Arbitrary<TenantScope> => {
  const accountId = fc.constantFrom(...tenants.accounts.map((one) => one.accountId), randomUUID());
  const domainIds = fc.subarray(tenants.domains.map((one) => one.domainId));
  return fc.oneof(
    fc.constant(operatorScope()),
    accountId.map((id) => accountScope(id)),
    fc.tuple(accountId, domainIds).map(([id, domains]) => accountScope(id, domains)),
  );
};
const everyScope = (check: (scope: TenantScope) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(scopes(), check), { numRuns: 40 });

const always = { since: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z', bucketMinutes: 1_440 };
const sum = (rows: readonly { readonly count: number }[]) =>
  rows.reduce((total, one) => total + one.count, 0);

describe('under any scope', () => {
  it('the overview has exactly its domains, and each its own mail', async () => {
    await everyScope(async (scope) => {
      const items = await overviewOf(scope, db(), always);
      const mine = tenants.domains.filter(({ domainId, state: { accountId } }) =>
        isVisible(scope, { accountId, domainId }),
      );
      expect(items.map(({ domain }) => domain.id)).toEqual(
        mine.toSorted((a, b) => (a.state.name < b.state.name ? -1 : 1)).map(({ domainId }) => domainId),
      );
      for (const { domain, refused, held, byReason, hours } of items) {
        expect(sum(byReason)).toBe(refused + held);
        expect(hours.reduce((total, hour) => total + hour.refused, 0)).toBe(refused);
        const which = tenants.domains.findIndex(({ domainId }) => domainId === domain.id);
        expect(refused).toBe(10 ** which + (which === 0 ? 29 : 0));
      }
    });
  });

  it('facets count what the overview counts', async () => {
    await everyScope(async (scope) => {
      const { reasons } = await facetsOf(scope, db(), {});
      const items = await overviewOf(scope, db(), always);
      expect(sum(reasons)).toBe(items.reduce((total, one) => total + one.refused + one.held, 0));
      for (const {
        domainId,
        state: { accountId },
      } of tenants.domains) {
        const isMine = isVisible(scope, { accountId, domainId });
        const facets = await facetsOf(scope, db(), { domainId });
        expect(facets.reasons.length > 0).toBe(isMine);
        expect(facets.checks.length > 0).toBe(isMine);
      }
    });
  });

  it('mails of others have no deliveries and never came in', async () => {
    const mailIds = tenants.mails.map(({ mailId }) => mailId);
    await everyScope(async (scope) => {
      const mine = tenants.mails.filter((mail) => isVisible(scope, mail)).map(({ mailId }) => mailId);
      const found = await deliveriesOf(scope, db(), mailIds);
      expect(found.map(({ id }) => id).toSorted()).toEqual(mine.toSorted());
      expect([...(await quarantinedAfter(scope, db(), { mailIds, position: '-1' }))].toSorted()).toEqual(
        mine.toSorted(),
      );
    });
  });

  it('users have names for those who share an account with them', async () => {
    const ids = tenants.users.map(({ userId }) => userId);
    await everyScope(async (scope) => {
      const names = await namesOfUsers(scope, db(), [...ids, 'operator', '\0']);
      const accounts = tenants.accounts.filter(
        ({ accountId }) => scope.kind === 'service' || accountId === scope.accountId,
      );
      const members = accounts.flatMap(({ state }) => (state.status === 'open' ? state.members : []));
      const known = scope.kind === 'service' ? ids : members.map(({ userId }) => userId);
      expect([...names.keys()].toSorted()).toEqual([...new Set(known)].toSorted());
      expect([...names.values()].every((name) => name.startsWith('User '))).toBe(true);
    });
  });
});

describe('the overview', () => {
  const day = { since: '2026-06-02T00:00:00.000Z', until: '2026-06-03T00:00:00.000Z', bucketMinutes: 60 };

  it('tells apart what was accepted, refused, held and put off, hour by hour', async () => {
    const { accountId } = tenants.domains[0]!.state;
    const [first, second] = await overviewOf(accountScope(accountId), db(), day);
    expect(first).toMatchObject({ accepted: 21, refused: 29, held: 12, deferred: 13 });
    expect(first!.byReason).toEqual([
      { reason: 'virus-found', count: 15 },
      { reason: 'spf-fail', count: 14 },
      { reason: 'score-hold', count: 12 },
    ]);
    expect(first!.hours).toHaveLength(24);
    expect(first!.hours[0]).toEqual({ at: day.since, accepted: 0, refused: 0 });
    expect(first!.hours[11]).toEqual({ at: '2026-06-02T11:00:00.000Z', accepted: 11, refused: 0 });
    expect(first!.hours[15]).toEqual({ at: '2026-06-02T15:00:00.000Z', accepted: 0, refused: 15 });
    expect(second).toMatchObject({ accepted: 0, refused: 0, held: 0, deferred: 0, byReason: [] });
    expect(second!.hours).toHaveLength(24);
  });

  it('ends before `until`', async () => {
    const morning = { ...day, until: '2026-06-02T14:00:00.000Z' };
    const [first] = await overviewOf(operatorScope(), db(), morning);
    expect(first).toMatchObject({ accepted: 21, refused: 0, held: 12, deferred: 13 });
    expect(first!.hours).toHaveLength(14);
  });
});

describe('facets', () => {
  it('count checks in what was refused or held only', async () => {
    const { domainId } = tenants.domains[0]!;
    const since = '2026-06-02T00:00:00.000Z';
    const { reasons, checks } = await facetsOf(operatorScope(), db(), { domainId, since });
    expect(reasons.map(({ value }) => value)).toEqual(['virus-found', 'spf-fail', 'score-hold']);
    expect(checks).toEqual([{ value: 'virus', count: 15 }]);
    const none = { domainId, since, until: since };
    expect(await facetsOf(operatorScope(), db(), none)).toEqual({ reasons: [], checks: [] });
    expect(await facetsOf(operatorScope(), db(), { domainId: 'x' })).toEqual({ reasons: [], checks: [] });
  });
});

describe('edges', () => {
  it('are current from the position on that they have asked after', async () => {
    await noteEdge(db(), 'mx1', '100');
    await noteEdge(db(), 'mx2', undefined);
    const at = (position: string) => livingEdges(db(), { withinMs: 60_000, position });
    expect(await at('100')).toEqual({ total: 2, current: 1, behind: ['mx2'] });
    expect(await at('101')).toEqual({ total: 2, current: 0, behind: ['mx1', 'mx2'] });
    await noteEdge(db(), 'mx2', '101');
    expect(await at('100')).toEqual({ total: 2, current: 2, behind: [] });
    expect(await livingEdges(db(), { withinMs: 0, position: '1' })).toEqual({
      total: 0,
      current: 0,
      behind: [],
    });
  });
});

describe('a route', () => {
  it('is that of who set it last', async () => {
    const { domainId, state } = tenants.domains[0]!;
    const set = (kind: 'operator' | 'user', position: string) => ({
      eventId: randomUUID(),
      subject: 'domain' as const,
      subjectId: domainId,
      accountId: state.accountId,
      domainId,
      position,
      type: 'RouteSet',
      at: '2026-06-01T12:00:00.000Z',
      actor: { kind, id: 'x' },
      summary: {},
    });
    const by = (scope = operatorScope()) => routeSetBy(scope, db(), domainId);
    expect(await by()).toBeUndefined();
    await db()
      .transaction()
      .execute((tx) => insertTimeline(tx, [set('operator', '9001')]));
    expect(await by()).toBe('operator');
    expect(await by(accountScope(state.accountId))).toBe('operator');
    expect(await by(accountScope(randomUUID()))).toBeUndefined();
    await db()
      .transaction()
      .execute((tx) => insertTimeline(tx, [set('user', '9002')]));
    expect(await by()).toBe('user');
  });
});
