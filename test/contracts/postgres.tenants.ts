/** Three accounts with users, domains, mails, timelines and figures, some of them alike on purpose. */
import { randomUUID } from 'node:crypto';
import type { Count } from '@sluice/core/projection/counts.ts';
import type { TimelineEntry } from '@sluice/core/projection/timeline.ts';
import type { NewMail, StoredAccount, StoredDomain, StoredUser } from '@sluice/postgres';

export interface Tenants {
  readonly users: readonly StoredUser[];
  readonly accounts: readonly StoredAccount[];
  readonly domains: readonly StoredDomain[];
  readonly mails: NewMail[];
  readonly timeline: readonly TimelineEntry[];
  readonly counts: readonly Count[];
}

const verdicts = ['accept', 'reject', 'hold', 'tag'] as const;
const reasons = ['clean', 'spf-fail', 'score-hold', 'score-tag'];
const mailsPerDomain = 15;

export function makeTenants(): Tenants {
  let position = 0;
  const next = (): string => String((position += 1));
  const users = Array.from({ length: 4 }, (_, index): StoredUser => ({
    userId: randomUUID(),
    state: { status: 'active', email: `User${index}@example.org`, name: `User ${index}` },
    revision: 0,
    position: next(),
  }));
  const accounts = Array.from({ length: 3 }, (_, index): StoredAccount => ({
    accountId: randomUUID(),
    state: {
      status: 'open',
      name: `Account ${index}`,
      // The last user is a member of all accounts.
      members: [users[index]!, users[3]!].map(({ userId }) => ({ userId, role: 'member' })),
    },
    revision: 0,
    position: next(),
  }));
  const domains = accounts.flatMap(({ accountId }, account) =>
    [0, 1].map((which): StoredDomain => ({
      domainId: randomUUID(),
      state: {
        status: 'active',
        name: `d${which}.account${account}.example`,
        accountId,
        proven: true,
        preset: 'balanced',
        edition: 1,
        route: [],
        overrides: {},
        lists: [],
      },
      removedAt: undefined,
      revision: 1,
      position: next(),
    })),
  );
  const mails = domains.flatMap((domain, which) =>
    Array.from({ length: mailsPerDomain }, (_, index) => mailOf(domain, { which, index, position: next() })),
  );
  return {
    users,
    accounts,
    domains,
    mails,
    timeline: [
      ...domains.map((domain) => domainEvent(domain, next())),
      ...mails.map((mail) => mailEvent(mail, next())),
    ],
    counts: domains.flatMap(({ domainId, state: { accountId } }, index) => [
      {
        hour: '2026-06-01T10:00:00.000Z',
        domainId,
        accountId,
        verdict: 'reject',
        reason: 'spf-fail',
        check: '',
        count: 10 ** index,
      },
      {
        hour: '2026-06-01T10:00:00.000Z',
        domainId,
        accountId,
        verdict: 'reject',
        reason: '',
        check: 'ip-list',
        count: 1,
      },
    ]),
  };
}

function mailOf(
  { domainId, state: { accountId, name } }: StoredDomain,
  { which, index, position }: { readonly which: number; readonly index: number; readonly position: string },
): NewMail {
  const kind = (which + index) % verdicts.length;
  // Several mails share a moment, so that pages have to tell them apart by their ids.
  const receivedAt = `2026-06-${String(1 + (index % 28)).padStart(2, '0')}T12:00:00.000Z`;
  return {
    mailId: randomUUID(),
    accountId,
    domainId,
    edge: 'mx1',
    receivedAt,
    position,
    revision: index,
    verdict: verdicts[kind]!,
    reason: reasons[kind]!,
    score: index / 2,
    sender: 'alice@sender.example',
    recipients: [`bob@${name}`, `eve@${name}`],
    subject: `Subject ${index}`,
    from: 'Alice <alice@sender.example>',
    size: 1_000 + index,
    sha256: 'ab'.repeat(32),
    kept: kind === 1,
    body: kind === 1 ? { pack: '2026-06-01/x', frame: 0, offset: index, length: 1_000 + index } : undefined,
    policyRevision: 1,
    delivery: kind === 0 ? 'pending' : 'none',
    deliveries: [],
  };
}

const actor = { kind: 'operator', id: 'operator' } as const;
const at = '2026-06-01T12:00:00.000Z';

const domainEvent = ({ domainId, state }: StoredDomain, position: string): TimelineEntry => ({
  eventId: randomUUID(),
  subject: 'domain',
  subjectId: domainId,
  accountId: state.accountId,
  domainId,
  position,
  type: 'DomainAdded',
  at,
  actor,
  summary: { name: state.name },
});

const mailEvent = ({ mailId, accountId, domainId }: NewMail, position: string): TimelineEntry => ({
  eventId: randomUUID(),
  subject: 'mail',
  subjectId: mailId,
  accountId,
  domainId,
  position,
  type: 'MailJudged',
  at,
  actor,
  summary: { verdict: 'reject' },
});
