/** Writes what domains have taught: the last word about each mail, and the counts. The checkpoint makes it happen once. */
import type { CountChange } from '@sluice/core/bayes/counts.ts';
import type { TrainingLabel } from '@sluice/core/bayes/training.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

export interface TaughtMail {
  readonly domainId: string;
  readonly mailId: string;
  readonly label: TrainingLabel;
  /** As `packTokens` writes them. */
  readonly tokens: string;
}

const mailColumns: Columns<TaughtMail> = [
  ['domain_id', 'uuid', (mail) => mail.domainId],
  ['mail_id', 'uuid', (mail) => mail.mailId],
  ['label', 'text', (mail) => mail.label],
  ['tokens', 'text', (mail) => mail.tokens],
];

const keyColumns: Columns<Pick<TaughtMail, 'domainId' | 'mailId'>> = [
  ['domain_id', 'uuid', (mail) => mail.domainId],
  ['mail_id', 'uuid', (mail) => mail.mailId],
];

/** What was said of these mails before. */
export async function loadTaught(
  tx: DatabaseTransaction,
  mails: readonly Pick<TaughtMail, 'domainId' | 'mailId'>[],
): Promise<readonly TaughtMail[]> {
  if (mails.length === 0) return [];
  const { rows } = await sql<{ domain_id: string; mail_id: string; label: TrainingLabel; tokens: string }>`
    select domain_id, mail_id, label, tokens from bayes_mails
    where (domain_id, mail_id) in (select domain_id, mail_id from ${rowsOf(keyColumns, mails)})`.execute(tx);
  return rows.map(({ domain_id: domainId, mail_id: mailId, ...row }) => ({ domainId, mailId, ...row }));
}

/** Each mail once. */
export async function saveTaught(tx: DatabaseTransaction, mails: readonly TaughtMail[]): Promise<void> {
  if (mails.length === 0) return;
  await sql`insert into bayes_mails (${names(mailColumns)})
    select ${names(mailColumns)} from ${rowsOf(mailColumns, mails)}
    on conflict (domain_id, mail_id) do update set label = excluded.label, tokens = excluded.tokens`.execute(
    tx,
  );
}

export interface ModelChange {
  readonly domainId: string;
  readonly accountId: string;
  readonly change: CountChange;
  /** Of the last training in it; decimal string. */
  readonly position: string;
}

type TokenChange = readonly [token: number, spam: number, ham: number];

const tokenColumns: Columns<TokenChange> = [
  ['token', 'bigint', ([token]) => token],
  ['spam', 'integer', ([, spam]) => spam],
  ['ham', 'integer', ([, , ham]) => ham],
];

/** Tokens that a domain may have; beyond it those that were seen once are dropped, the oldest first, down to nine tenths. */
const maxTokens = 250_000;

/** A count never falls below zero: what was dropped meanwhile is not taken back. */
export async function addBayesCounts(tx: DatabaseTransaction, model: ModelChange): Promise<void> {
  const { domainId, accountId, change, position } = model;
  const { mails, tokens } = change;
  await sql`insert into bayes_models values
      (${domainId}, ${accountId}, greatest(${mails.spam}::int, 0), greatest(${mails.ham}::int, 0), ${position})
    on conflict (domain_id) do update set position = excluded.position,
      spam = greatest(bayes_models.spam + ${mails.spam}::int, 0),
      ham = greatest(bayes_models.ham + ${mails.ham}::int, 0)`.execute(tx);
  const rows = [...tokens].map(([token, { spam, ham }]): TokenChange => [token, spam, ham]);
  if (rows.length === 0) return;
  // What comes new is never below zero; what is known is added to.
  await sql`with change as (select ${names(tokenColumns)} from ${rowsOf(tokenColumns, rows)}),
    known as (
      update bayes_tokens set position = ${position}::bigint,
        spam = greatest(bayes_tokens.spam + change.spam, 0), ham = greatest(bayes_tokens.ham + change.ham, 0)
      from change where bayes_tokens.domain_id = ${domainId}::uuid and bayes_tokens.token = change.token
      returning bayes_tokens.token
    )
    insert into bayes_tokens (domain_id, token, spam, ham, position)
    select ${domainId}::uuid, token, greatest(spam, 0), greatest(ham, 0), ${position}::bigint from change
    where token not in (select token from known)`.execute(tx);
  await dropSeldom(tx, domainId);
}

async function dropSeldom(tx: DatabaseTransaction, domainId: string): Promise<void> {
  const { rows } = await sql<{ tokens: string }>`select count(*) as tokens from bayes_tokens
    where domain_id = ${domainId}::uuid`.execute(tx);
  const surplus = Number(rows[0]?.tokens ?? 0) - maxTokens;
  if (surplus <= 0) return;
  await sql`delete from bayes_tokens where domain_id = ${domainId}::uuid and token in (
    select token from bayes_tokens where domain_id = ${domainId}::uuid and spam + ham <= 1
    order by position, token limit ${surplus + maxTokens / 10})`.execute(tx);
}
