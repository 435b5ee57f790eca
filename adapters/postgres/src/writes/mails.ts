/** Writes the mails: one row a decision, and what became of it. */
import type { BodyLocation } from '@sluice/core/kernel/event.ts';
import type { RecipientDelivery } from '@sluice/core/projection/delivery.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

export interface NewMail {
  readonly mailId: string;
  readonly accountId: string;
  readonly domainId: string;
  readonly edge: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Decimal string. */
  readonly position: string;
  /** In the stream of the domain's decisions. */
  readonly revision: number;
  readonly verdict: string;
  readonly reason: string;
  readonly score: number;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly from: string;
  readonly size: number;
  readonly sha256: string;
  readonly kept: boolean;
  readonly body: BodyLocation | undefined;
  readonly policyRevision: number;
  readonly delivery: string;
  readonly deliveries: readonly RecipientDelivery[];
}

/** Between the addresses of a row: no address holds one, since it ends a line of SMTP. */
const separator = '\n';

const newMailColumns: Columns<NewMail> = [
  ['mail_id', 'uuid', (mail) => mail.mailId],
  ['account_id', 'uuid', (mail) => mail.accountId],
  ['domain_id', 'uuid', (mail) => mail.domainId],
  ['edge', 'text', (mail) => mail.edge],
  ['received_at', 'timestamptz', (mail) => mail.receivedAt],
  ['position', 'bigint', (mail) => mail.position],
  ['revision', 'integer', (mail) => mail.revision],
  ['verdict', 'text', (mail) => mail.verdict],
  ['reason', 'text', (mail) => mail.reason],
  ['score', 'double precision', (mail) => mail.score],
  ['sender', 'text', (mail) => mail.sender],
  ['recipients', 'text', (mail) => mail.recipients.join(separator)],
  ['subject', 'text', (mail) => mail.subject],
  ['from_header', 'text', (mail) => mail.from],
  ['size', 'bigint', (mail) => mail.size],
  ['sha256', 'text', (mail) => mail.sha256],
  ['kept', 'boolean', (mail) => mail.kept],
  ['pack', 'text', (mail) => mail.body?.pack ?? null],
  ['frame', 'integer', (mail) => mail.body?.frame ?? null],
  ['body_offset', 'bigint', (mail) => mail.body?.offset ?? null],
  ['body_length', 'bigint', (mail) => mail.body?.length ?? null],
  ['policy_revision', 'integer', (mail) => mail.policyRevision],
  ['delivery', 'text', (mail) => mail.delivery],
  ['deliveries', 'jsonb', (mail) => mail.deliveries],
];

/** Adds mails. One that is known stays as it is: the first decision is the decision. */
export async function insertMails(tx: DatabaseTransaction, mails: readonly NewMail[]): Promise<void> {
  if (mails.length === 0) return;
  await sql`insert into mails (${names(newMailColumns)}, updated_at)
    select mail_id, account_id, domain_id, edge, received_at, position, revision, verdict, reason, score, sender,
      string_to_array(recipients, ${separator}), subject, from_header, size, sha256, kept, pack, frame, body_offset, body_length,
      policy_revision, delivery, deliveries, received_at
    from ${rowsOf(newMailColumns, mails)}
    on conflict (mail_id) do nothing`.execute(tx);
}

/** What of a mail may still change. */
export interface MailProgress {
  readonly mailId: string;
  readonly domainId: string;
  readonly edge: string;
  readonly delivery: string;
  readonly deliveries: readonly RecipientDelivery[];
  readonly body: BodyLocation | undefined;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** ISO 8601, of a mail whose body is no longer kept. */
  readonly expiredAt: string | undefined;
}

/** The mails of these ids that are known, locked until the end of the transaction. */
export async function loadProgress(
  tx: DatabaseTransaction,
  mailIds: readonly string[],
): Promise<readonly MailProgress[]> {
  if (mailIds.length === 0) return [];
  const rows = await tx
    .selectFrom('mails')
    .select(['mail_id', 'domain_id', 'edge', 'delivery', 'deliveries', 'updated_at', 'expired_at'])
    .select(['pack', 'frame', 'body_offset', 'body_length'])
    .where(sql<boolean>`mail_id = any(${mailIds}::uuid[])`)
    .orderBy('mail_id')
    .forUpdate()
    .execute();
  return rows.map((row) => ({
    mailId: row.mail_id,
    domainId: row.domain_id,
    edge: row.edge,
    delivery: row.delivery,
    deliveries: row.deliveries as readonly RecipientDelivery[],
    body: bodyOf(row),
    updatedAt: row.updated_at.toISOString(),
    expiredAt: row.expired_at?.toISOString(),
  }));
}

export function bodyOf(row: {
  readonly pack: string | null;
  readonly frame: number | null;
  readonly body_offset: string | null;
  readonly body_length: string | null;
}): BodyLocation | undefined {
  if (row.pack === null) return undefined;
  return {
    pack: row.pack,
    frame: row.frame ?? 0,
    offset: Number(row.body_offset),
    length: Number(row.body_length),
  };
}

const progressColumns: Columns<MailProgress> = [
  ['mail_id', 'uuid', (mail) => mail.mailId],
  ['delivery', 'text', (mail) => mail.delivery],
  ['deliveries', 'jsonb', (mail) => mail.deliveries],
  ['pack', 'text', (mail) => mail.body?.pack ?? null],
  ['frame', 'integer', (mail) => mail.body?.frame ?? null],
  ['body_offset', 'bigint', (mail) => mail.body?.offset ?? null],
  ['body_length', 'bigint', (mail) => mail.body?.length ?? null],
  ['updated_at', 'timestamptz', (mail) => mail.updatedAt],
  ['expired_at', 'timestamptz', (mail) => mail.expiredAt ?? null],
];

export async function updateProgress(tx: DatabaseTransaction, mails: readonly MailProgress[]): Promise<void> {
  if (mails.length === 0) return;
  await sql`update mails set
      delivery = new.delivery, deliveries = new.deliveries, pack = new.pack, frame = new.frame,
      body_offset = new.body_offset, body_length = new.body_length, kept = new.pack is not null,
      updated_at = new.updated_at, expired_at = new.expired_at
    from ${rowsOf(progressColumns, mails)}
    where mails.mail_id = new.mail_id`.execute(tx);
}
