/** Orders that undo incidents, how far they are, and the mails that one would release. */
import type { Actor, Sealed } from '@sluice/core/kernel/event.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface UndoOrderView {
  readonly id: string;
  readonly accountId: string;
  readonly domainId: string;
  /** See `openIncident`. */
  readonly incident: Sealed;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
  readonly rate: number;
  readonly orderedAt: string;
  readonly orderedBy: Actor;
  readonly finishedAt: string | undefined;
  /** Mails of the order, and what became of them so far: `waiting` have not had their turn. */
  readonly mails: number;
  readonly waiting: number;
  readonly released: number;
  readonly already: number;
  readonly gone: number;
  /** Whoever gave the order may not release them: a virus was found in them. */
  readonly withheld: number;
  /** Of those released: delivered, bounced back into the quarantine, or still on their way. */
  readonly delivered: number;
  readonly bounced: number;
  readonly underWay: number;
}

interface Row {
  undo_id: string;
  account_id: string;
  domain_id: string;
  incident: Sealed;
  since: Date;
  until: Date;
  rate: number;
  ordered_at: Date;
  ordered_by: string;
  finished_at: Date | null;
  mails: number;
  released: string;
  already: string;
  gone: string;
  withheld: string;
  delivered: string;
  bounced: string;
}

export interface UndoOrdersQuery {
  readonly domainId?: string;
  readonly undoId?: string;
}

/** At most so many, the newest first. */
const maxOrders = 100;

export async function undoOrdersOf(
  scope: TenantScope,
  db: Database,
  { domainId, undoId }: UndoOrdersQuery,
): Promise<readonly UndoOrderView[]> {
  if ([domainId, undoId].some((id) => id !== undefined && !isId(id))) return [];
  const { rows } = await sql<Row>`
    select undo_orders.*, progress.* from undo_orders
    left join lateral (
      select count(*) filter (where outcome = 'released') as released,
        count(*) filter (where outcome = 'already') as already,
        count(*) filter (where outcome = 'gone') as gone,
        count(*) filter (where outcome = 'withheld') as withheld,
        count(*) filter (where outcome = 'released' and m.delivery = 'delivered') as delivered,
        count(*) filter (where outcome = 'released' and m.delivery = 'bounced') as bounced
      from undo_mails left join mails m on m.mail_id = undo_mails.mail_id
      where undo_mails.undo_id = undo_orders.undo_id
    ) as progress on true
    where ${inScope(scope, 'undo_orders')}
      and ${domainId === undefined ? sql`true` : sql`undo_orders.domain_id = ${domainId}::uuid`}
      and ${undoId === undefined ? sql`true` : sql`undo_orders.undo_id = ${undoId}::uuid`}
    order by undo_orders.position desc limit ${maxOrders}`.execute(db);
  return rows.map(toView);
}

function toView(row: Row): UndoOrderView {
  const [released, already, gone] = [Number(row.released), Number(row.already), Number(row.gone)];
  const withheld = Number(row.withheld);
  const [delivered, bounced] = [Number(row.delivered), Number(row.bounced)];
  const [kind = '', ...id] = row.ordered_by.split(':');
  return {
    id: row.undo_id,
    accountId: row.account_id,
    domainId: row.domain_id,
    incident: row.incident,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    rate: row.rate,
    orderedAt: row.ordered_at.toISOString(),
    orderedBy: { kind: kind as Actor['kind'], id: id.join(':') },
    finishedAt: row.finished_at?.toISOString(),
    mails: row.mails,
    waiting: row.mails - released - already - gone - withheld,
    released,
    already,
    gone,
    withheld,
    delivered,
    bounced,
    underWay: released - delivered - bounced,
  };
}

export interface ReleasableMail {
  readonly id: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly sender: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly reason: string;
  /** Its body is there, and nobody has released it yet. */
  readonly isReleasable: boolean;
}

/** Of the scope's own, in no order; at most 1,000 ids. */
export async function releasableMails(
  scope: TenantScope,
  db: Database,
  mailIds: readonly string[],
): Promise<readonly ReleasableMail[]> {
  const ids = mailIds.filter(isId);
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('mails')
    .select(['mail_id', 'received_at', 'sender', 'from_header', 'recipients', 'subject', 'reason'])
    .select(['pack', 'expired_at', 'deliveries'])
    .where(inScope(scope, 'mails'))
    .where('mail_id', 'in', ids)
    .execute();
  return rows.map((row) => ({
    id: row.mail_id,
    receivedAt: row.received_at.toISOString(),
    sender: row.sender,
    from: row.from_header,
    recipients: row.recipients,
    subject: row.subject,
    reason: row.reason,
    isReleasable: row.pack !== null && row.expired_at === null && !isReleased(row.deliveries),
  }));
}

/** Somebody has ordered it, whatever became of that. */
const isReleased = (deliveries: unknown): boolean =>
  Array.isArray(deliveries) &&
  deliveries.some((one: { readonly releaseId?: string }) => one.releaseId !== undefined);
