/** Writes what refused mails, and counts it by day; releases count where the mail was refused. */
import type { PrecisionCount, RefusalCauses } from '@sluice/core/projection/precision.ts';
import { sql } from 'kysely';
import type { DatabaseTransaction } from '../connect.ts';
import { type Columns, names, rowsOf } from './columns.ts';

const causeColumns: Columns<RefusalCauses> = [
  ['mail_id', 'uuid', (one) => one.mailId],
  ['account_id', 'uuid', (one) => one.accountId],
  ['domain_id', 'uuid', (one) => one.domainId],
  // A day in ISO 8601 is read as one.
  ['day', 'text', (one) => one.day],
  ['causes', 'text', (one) => one.causes],
];

/** Those that were not there yet: a decision counts once. */
export async function insertCauses(
  tx: DatabaseTransaction,
  refusals: readonly RefusalCauses[],
): Promise<ReadonlySet<string>> {
  if (refusals.length === 0) return new Set();
  const { rows } = await sql<{ mail_id: string }>`insert into refusal_causes (${names(causeColumns)})
    select mail_id, account_id, domain_id, day::date, causes from ${rowsOf(causeColumns, refusals)}
    on conflict (mail_id) do nothing returning mail_id`.execute(tx);
  return new Set(rows.map((row) => row.mail_id));
}

interface CauseRow {
  mail_id: string;
  account_id: string;
  domain_id: string;
  day: string;
  causes: string;
}

/** Marks them as released; answers those that had not been. */
export async function markReleased(
  tx: DatabaseTransaction,
  mailIds: readonly string[],
): Promise<readonly RefusalCauses[]> {
  if (mailIds.length === 0) return [];
  const { rows } = await sql<CauseRow>`update refusal_causes set released = true
    where mail_id = any(${[...mailIds]}::uuid[]) and not released
    returning mail_id, account_id, domain_id, day::text as day, causes`.execute(tx);
  return rows.map((row) => ({
    mailId: row.mail_id,
    accountId: row.account_id,
    domainId: row.domain_id,
    day: row.day,
    causes: row.causes,
  }));
}

/** Of mails that are no longer kept: nobody can release them any more. Their counts stay. */
export async function forgetCauses(tx: DatabaseTransaction, mailIds: readonly string[]): Promise<void> {
  if (mailIds.length === 0) return;
  await sql`delete from refusal_causes where mail_id = any(${[...mailIds]}::uuid[])`.execute(tx);
}

const countColumns: Columns<PrecisionCount> = [
  ['domain_id', 'uuid', (one) => one.domainId],
  ['account_id', 'uuid', (one) => one.accountId],
  ['day', 'text', (one) => one.day],
  ['check_name', 'text', (one) => one.check],
  ['source', 'text', (one) => one.source],
  ['decided', 'bigint', (one) => one.decided],
  ['counted', 'bigint', (one) => one.counted],
  ['decided_released', 'bigint', (one) => one.decidedReleased],
  ['counted_released', 'bigint', (one) => one.countedReleased],
];

/** Each key at most once in `counts`. */
export async function addPrecision(
  tx: DatabaseTransaction,
  counts: readonly PrecisionCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await sql`insert into check_precision (${names(countColumns)})
    select domain_id, account_id, day::date, check_name, source, decided, counted, decided_released, counted_released
    from ${rowsOf(countColumns, counts)}
    on conflict (domain_id, day, check_name, source) do update set
      decided = check_precision.decided + excluded.decided,
      counted = check_precision.counted + excluded.counted,
      decided_released = check_precision.decided_released + excluded.decided_released,
      counted_released = check_precision.counted_released + excluded.counted_released`.execute(tx);
}
