/** Queries about mails: one by its id, or a page of them, newest first. */
import type { Verdict } from '@sluice/core/judge/verdict.ts';
import type { BodyLocation } from '@sluice/core/kernel/event.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { MailLookup } from '@sluice/core/ports/mail-lookup.ts';
import type { OverallDelivery, RecipientDelivery } from '@sluice/core/projection/delivery.ts';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { MailRow } from '../tables.ts';
import { bodyOf } from '../writes/mails.ts';
import { type Page, pageSize, toPage } from './page.ts';
import { inScope, isId } from './scope.ts';

export interface MailView {
  readonly id: string;
  readonly accountId: string;
  readonly domainId: string;
  readonly edge: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Decimal string, of the decision. */
  readonly position: string;
  /** Of the decision, in the stream of the domain's decisions. */
  readonly revision: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly score: number;
  /** '' for the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  /** The From header as text. */
  readonly from: string;
  /** Bytes as received. */
  readonly size: number;
  readonly sha256: string;
  /** Whether the raw mail can be read now; `body` says where. */
  readonly kept: boolean;
  readonly body: BodyLocation | undefined;
  readonly policyRevision: number;
  readonly delivery: OverallDelivery;
  readonly deliveries: readonly RecipientDelivery[];
  /** ISO 8601. */
  readonly updatedAt: string;
  readonly expiredAt: string | undefined;
}

export interface MailFilter {
  readonly domainId?: string;
  readonly verdicts?: readonly Verdict[];
  readonly reason?: string;
  readonly delivery?: OverallDelivery;
  /** ISO 8601; included. */
  readonly since?: string;
  /** ISO 8601; not included. */
  readonly until?: string;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export async function showMail(
  scope: TenantScope,
  db: Database,
  mailId: string,
): Promise<MailView | undefined> {
  if (!isId(mailId)) return undefined;
  const row = await db
    .selectFrom('mails')
    .selectAll()
    .where(inScope(scope, 'mails'))
    .where('mail_id', '=', mailId)
    .executeTakeFirst();
  return row && toMail(row);
}

export async function listMails(
  scope: TenantScope,
  db: Database,
  filter: MailFilter,
): Promise<Page<MailView>> {
  const limit = pageSize(filter.limit);
  const conditions = conditionsOf(filter);
  if (conditions === undefined) return { items: [], next: undefined };
  const rows = await db
    .selectFrom('mails')
    .selectAll()
    .where(inScope(scope, 'mails'))
    .where(sql<boolean>`${sql.join(conditions, sql` and `)}`)
    .orderBy('received_at', 'desc')
    .orderBy('mail_id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit, {
    item: toMail,
    cursor: (row) => `${row.received_at.toISOString()}_${row.mail_id}`,
  });
}

/** Undefined where nothing can match. */
function conditionsOf(filter: MailFilter): readonly RawBuilder<boolean>[] | undefined {
  const { domainId, cursor } = filter;
  if (domainId !== undefined && !isId(domainId)) return undefined;
  const after = cursor === undefined ? sql<boolean>`true` : afterCursor(cursor);
  if (after === undefined) return undefined;
  const domain = domainId === undefined ? [] : [sql<boolean>`domain_id = ${domainId}::uuid`];
  return [after, ...domain, ...timeConditions(filter), ...outcomeConditions(filter)];
}

function afterCursor(cursor: string): RawBuilder<boolean> | undefined {
  const [at = '', id = ''] = cursor.split('_');
  if (!isId(id) || Number.isNaN(Date.parse(at))) return undefined;
  return sql<boolean>`(received_at, mail_id) < (${at}::timestamptz, ${id}::uuid)`;
}

const timeConditions = ({ since, until }: MailFilter): readonly RawBuilder<boolean>[] => [
  ...(since === undefined ? [] : [sql<boolean>`received_at >= ${since}::timestamptz`]),
  ...(until === undefined ? [] : [sql<boolean>`received_at < ${until}::timestamptz`]),
];

const outcomeConditions = ({ verdicts, reason, delivery }: MailFilter): readonly RawBuilder<boolean>[] => [
  ...(verdicts === undefined ? [] : [sql<boolean>`verdict = any(${verdicts}::text[])`]),
  ...(reason === undefined ? [] : [sql<boolean>`reason = ${reason}`]),
  ...(delivery === undefined ? [] : [sql<boolean>`delivery = ${delivery}`]),
];

/** Finds the decision of a mail by the read model. */
export const createMailLookup = (db: Database): MailLookup => ({
  async find(scope, mailId) {
    const mail = await showMail(scope, db, mailId);
    return (
      mail && { mailId: mail.id, accountId: mail.accountId, domainId: mail.domainId, revision: mail.revision }
    );
  },
});

const toMail = (row: Selectable<MailRow>): MailView => ({
  id: row.mail_id,
  accountId: row.account_id,
  domainId: row.domain_id,
  edge: row.edge,
  receivedAt: row.received_at.toISOString(),
  position: row.position,
  revision: row.revision,
  // Written by the projection of mails, from these types.
  verdict: row.verdict as Verdict,
  reason: row.reason,
  score: row.score,
  sender: row.sender,
  recipients: row.recipients,
  subject: row.subject,
  from: row.from_header,
  size: Number(row.size),
  sha256: row.sha256,
  kept: row.kept,
  body: bodyOf(row),
  policyRevision: row.policy_revision,
  delivery: row.delivery as OverallDelivery,
  deliveries: row.deliveries as readonly RecipientDelivery[],
  updatedAt: row.updated_at.toISOString(),
  expiredAt: row.expired_at?.toISOString(),
});
