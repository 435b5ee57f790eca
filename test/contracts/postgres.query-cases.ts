/** Every query on the read models, under the scopes and with the filters that make its SQL another; by file. */
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import {
  changesOf,
  type Database,
  deliveriesOf,
  domainIdByName,
  domainsChangedAfter,
  facetsOf,
  lastDomainChange,
  listAccounts,
  listDomains,
  listedBy,
  listMails,
  listMembers,
  listUsers,
  type MailFilter,
  membershipsOf,
  namesOfDomains,
  namesOfUsers,
  overviewOf,
  precisionOf,
  quarantinedAfter,
  releasableMails,
  routeSetBy,
  serviceListsOf,
  showAccount,
  showDomain,
  showMail,
  showUser,
  statisticsOf,
  timelineOf,
  undoOrdersOf,
  userByEmail,
} from '@sluice/postgres';
import { accountAt, domainAt, mailAt, userAt } from './postgres.rows.ts';

export interface QueryCase {
  readonly name: string;
  readonly run: (db: Database) => Promise<unknown>;
}

type Query = (scope: TenantScope, db: Database) => Promise<unknown>;

const scopes: readonly (readonly [string, TenantScope])[] = [
  ['of the service', operatorScope()],
  ['of an account', accountScope(accountAt(7))],
  ['of some domains', accountScope(accountAt(7), [domainAt(7), domainAt(107)])],
];

/** One case for each kind of scope. */
const inEachScope = (name: string, query: Query): readonly QueryCase[] =>
  scopes.map(([kind, scope]) => ({ name: `${name} ${kind}`, run: (db) => query(scope, db) }));

const inAccount = (name: string, query: Query): QueryCase => ({
  name,
  run: (db) => query(accountScope(accountAt(7)), db),
});

const week = { since: '2026-05-01T00:00:00.000Z', until: '2026-05-08T00:00:00.000Z' };
const mailIds = [mailAt(7), mailAt(407)];
const ofDomain = { domainId: domainAt(7) };
const cursor = `2026-05-01T00:00:00.000Z_${mailAt(7)}`;

const mails =
  (filter: MailFilter): Query =>
  (scope, db) =>
    listMails(scope, db, filter);

export const queryCases: Readonly<Record<string, readonly QueryCase[]>> = {
  accounts: [
    ...inEachScope('listAccounts', listAccounts),
    inAccount('showAccount', (scope, db) => showAccount(scope, db, accountAt(7))),
    ...inEachScope('listMembers', (scope, db) => listMembers(scope, db)),
    inAccount('listMembers of one account', (scope, db) =>
      listMembers(scope, db, { accountId: accountAt(7) }),
    ),
    inAccount('listMembers of one user', (scope, db) => listMembers(scope, db, { userId: userAt(7) })),
  ],
  actors: [
    ...inEachScope('namesOfUsers', (scope, db) => namesOfUsers(scope, db, [userAt(7)])),
    ...inEachScope('routeSetBy', (scope, db) => routeSetBy(scope, db, domainAt(7))),
  ],
  changes: [
    ...inEachScope('changesOf', (scope, db) => changesOf(scope, db, ofDomain)),
    inAccount('changesOf of some types, after a cursor', (scope, db) =>
      changesOf(scope, db, { ...ofDomain, types: ['RouteSet'], cursor: '100500' }),
    ),
    inAccount('listedBy', (scope, db) => listedBy(scope, db, domainAt(7))),
  ],
  domains: [
    ...inEachScope('listDomains', (scope, db) => listDomains(scope, db)),
    ...inEachScope('showDomain by its name', (scope, db) => showDomain(scope, db, 'd7.example')),
    inAccount('showDomain by its id', (scope, db) => showDomain(scope, db, domainAt(7))),
    inAccount('domainIdByName', (scope, db) => domainIdByName(scope, db, 'd7.example')),
    ...inEachScope('domainsChangedAfter', (scope, db) =>
      domainsChangedAfter(scope, db, { after: '7', limit: 100 }),
    ),
    ...inEachScope('lastDomainChange', lastDomainChange),
  ],
  facets: [
    ...inEachScope('facetsOf a week', (scope, db) => facetsOf(scope, db, week)),
    inAccount('facetsOf all times', (scope, db) => facetsOf(scope, db, {})),
    inAccount('facetsOf a domain', (scope, db) => facetsOf(scope, db, ofDomain)),
  ],
  mails: [
    ...inEachScope('showMail', (scope, db) => showMail(scope, db, mailAt(7))),
    ...inEachScope('listMails', mails({})),
    ...inEachScope('listMails after a cursor', mails({ cursor })),
    ...inEachScope('listMails of a week', mails(week)),
    ...inEachScope('listMails of a domain', mails(ofDomain)),
    ...inEachScope('listMails by verdicts', mails({ verdicts: ['reject', 'hold'] })),
    inAccount('listMails of a domain by verdict', mails({ ...ofDomain, verdicts: ['reject'] })),
    inAccount('listMails by reason', mails({ reason: 'spf-fail' })),
    inAccount('listMails by delivery', mails({ delivery: 'bounced' })),
  ],
  memberships: inEachScope('membershipsOf', (scope, db) => membershipsOf(scope, db, userAt(7))),
  'service-lists': [{ name: 'serviceListsOf the service', run: (db) => serviceListsOf(operatorScope(), db) }],
  overview: inEachScope('overviewOf', (scope, db) => overviewOf(scope, db, { ...week, bucketMinutes: 60 })),
  precision: inEachScope('precisionOf', (scope, db) => precisionOf(scope, db, { ...ofDomain, ...week })),
  quarantined: [
    ...inEachScope('deliveriesOf', (scope, db) => deliveriesOf(scope, db, mailIds)),
    ...inEachScope('quarantinedAfter', (scope, db) =>
      quarantinedAfter(scope, db, { mailIds, position: '5' }),
    ),
    inAccount('namesOfDomains', (scope, db) => namesOfDomains(scope, db, [domainAt(7)])),
  ],
  statistics: [
    ...inEachScope('statisticsOf', (scope, db) => statisticsOf(scope, db, { ...week, by: 'hour' })),
    inAccount('statisticsOf a domain', (scope, db) =>
      statisticsOf(scope, db, { ...week, ...ofDomain, by: 'day' }),
    ),
  ],
  timeline: [
    ...inEachScope('timelineOf', (scope, db) => timelineOf(scope, db, { subject: 'mail', id: mailAt(7) })),
    inAccount('timelineOf after a cursor', (scope, db) =>
      timelineOf(scope, db, { subject: 'domain', id: domainAt(7), cursor: '100500' }),
    ),
  ],
  undo: [
    ...inEachScope('undoOrdersOf', (scope, db) => undoOrdersOf(scope, db, {})),
    inAccount('undoOrdersOf a domain', (scope, db) => undoOrdersOf(scope, db, ofDomain)),
    inAccount('undoOrdersOf one order', (scope, db) => undoOrdersOf(scope, db, { undoId: mailAt(7) })),
    ...inEachScope('releasableMails', (scope, db) => releasableMails(scope, db, mailIds)),
  ],
  users: [
    ...inEachScope('listUsers', listUsers),
    inAccount('showUser', (scope, db) => showUser(scope, db, userAt(7))),
    inAccount('userByEmail', (scope, db) => userByEmail(scope, db, 'user7@example.org')),
  ],
};
