/** Writes what was taught: the last word about each mail, and the counts. The checkpoint makes it happen once. */
import type { CountChange } from '@sluice/core/bayes/counts.ts';
import type { TrainingLabel } from '@sluice/core/bayes/training.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

export interface TaughtMail {
  /** Of a domain its id, else see `model-id.ts` of core. */
  readonly modelId: string;
  readonly mailId: string;
  readonly label: TrainingLabel;
  /** As `packTokens` writes them. */
  readonly tokens: string;
}

const mailColumns: Columns<TaughtMail> = [
  ['model_id', 'uuid', (mail) => mail.modelId],
  ['mail_id', 'uuid', (mail) => mail.mailId],
  ['label', 'text', (mail) => mail.label],
  ['tokens', 'text', (mail) => mail.tokens],
];

const keyColumns: Columns<Pick<TaughtMail, 'modelId' | 'mailId'>> = [
  ['model_id', 'uuid', (mail) => mail.modelId],
  ['mail_id', 'uuid', (mail) => mail.mailId],
];

/** What was said of these mails before. */
export async function loadTaught(
  tx: DatabaseTransaction,
  mails: readonly Pick<TaughtMail, 'modelId' | 'mailId'>[],
): Promise<readonly TaughtMail[]> {
  if (mails.length === 0) return [];
  const { rows } = await sql<{ model_id: string; mail_id: string; label: TrainingLabel; tokens: string }>`
    select model_id, mail_id, label, tokens from bayes_mails
    where (model_id, mail_id) in (select model_id, mail_id from ${rowsOf(keyColumns, mails)})`.execute(tx);
  return rows.map(({ model_id: modelId, mail_id: mailId, ...row }) => ({ modelId, mailId, ...row }));
}

/** Each mail once. */
export async function saveTaught(tx: DatabaseTransaction, mails: readonly TaughtMail[]): Promise<void> {
  if (mails.length === 0) return;
  await sql`insert into bayes_mails (${names(mailColumns)})
    select ${names(mailColumns)} from ${rowsOf(mailColumns, mails)}
    on conflict (model_id, mail_id) do update set label = excluded.label, tokens = excluded.tokens`.execute(
    tx,
  );
}

export interface ModelChange {
  readonly modelId: string;
  /** Whose it is; undefined for that of the service. */
  readonly domainId: string | undefined;
  readonly accountId: string | undefined;
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

/** Tokens that a model may have; beyond it those that were seen once are dropped, the oldest first, down to nine tenths. */
const maxTokens = 250_000;

/** A count never falls below zero: what was dropped meanwhile is not taken back. */
export async function addBayesCounts(tx: DatabaseTransaction, model: ModelChange): Promise<void> {
  const { modelId, domainId = null, accountId = null, change, position } = model;
  const { mails, tokens } = change;
  await sql`insert into bayes_models (model_id, domain_id, account_id, spam, ham, position) values
      (${modelId}, ${domainId}, ${accountId}, greatest(${mails.spam}::int, 0), greatest(${mails.ham}::int, 0), ${position})
    on conflict (model_id) do update set position = excluded.position,
      spam = greatest(bayes_models.spam + ${mails.spam}::int, 0),
      ham = greatest(bayes_models.ham + ${mails.ham}::int, 0)`.execute(tx);
  const rows = [...tokens].map(([token, { spam, ham }]): TokenChange => [token, spam, ham]);
  if (rows.length === 0) return;
  // What comes new is never below zero; what is known is added to.
  await sql`with change as (select ${names(tokenColumns)} from ${rowsOf(tokenColumns, rows)}),
    known as (
      update bayes_tokens set position = ${position}::bigint,
        spam = greatest(bayes_tokens.spam + change.spam, 0), ham = greatest(bayes_tokens.ham + change.ham, 0)
      from change where bayes_tokens.model_id = ${modelId}::uuid and bayes_tokens.token = change.token
      returning bayes_tokens.token
    )
    insert into bayes_tokens (model_id, token, spam, ham, position)
    select ${modelId}::uuid, token, greatest(spam, 0), greatest(ham, 0), ${position}::bigint from change
    where token not in (select token from known)`.execute(tx);
  await dropSeldom(tx, modelId);
}

async function dropSeldom(tx: DatabaseTransaction, modelId: string): Promise<void> {
  const { rows } = await sql<{ tokens: string }>`select count(*) as tokens from bayes_tokens
    where model_id = ${modelId}::uuid`.execute(tx);
  const surplus = Number(rows[0]?.tokens ?? 0) - maxTokens;
  if (surplus <= 0) return;
  await sql`delete from bayes_tokens where model_id = ${modelId}::uuid and token in (
    select token from bayes_tokens where model_id = ${modelId}::uuid and spam + ham <= 1
    order by position, token limit ${surplus + maxTokens / 10})`.execute(tx);
}
