/** What the read models know beside the search index of mails that it has found. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { RecipientDelivery } from '@sluice/core/projection/delivery.ts';
import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { inScope, isId } from './scope.ts';

export interface MailDeliveries {
  readonly id: string;
  readonly deliveries: readonly RecipientDelivery[];
}

/** Of those of the mails that the scope shows, in no order. */
export async function deliveriesOf(
  scope: TenantScope,
  db: Database,
  mailIds: readonly string[],
): Promise<readonly MailDeliveries[]> {
  const rows = await db
    .selectFrom('mails')
    .select(['mail_id', 'deliveries'])
    .where(inScope(scope, 'mails'))
    .where(sql<boolean>`mail_id = any(${mailIds.filter(isId)}::uuid[])`)
    .execute();
  // Written by the projection of mails, from this type.
  return rows.map((row) => ({
    id: row.mail_id,
    deliveries: row.deliveries as readonly RecipientDelivery[],
  }));
}

/** Which of the mails came into the quarantine after a position (decimal string): were decided, or bounced, after it. */
export async function quarantinedAfter(
  scope: TenantScope,
  db: Database,
  { mailIds, position }: { readonly mailIds: readonly string[]; readonly position: string },
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('timeline')
    .select('subject_id')
    .distinct()
    .where(inScope(scope, 'timeline'))
    .where('subject', '=', 'mail')
    .where(sql<boolean>`subject_id = any(${mailIds.filter(isId)}::uuid[])`)
    .where('type', 'in', ['MailJudged', 'MailBounced'])
    .where('position', '>', position)
    .execute();
  return new Set(rows.map((row) => row.subject_id));
}

/** Names of the domains by id, removed ones included. */
export async function namesOfDomains(
  scope: TenantScope,
  db: Database,
  domainIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('domains')
    .select(['domain_id', 'name'])
    .where(inScope(scope, 'domains'))
    .where(sql<boolean>`domain_id = any(${domainIds.filter(isId)}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.domain_id, row.name]));
}
