/** Tells a database that is in trouble from data that it will never take. */
import pg from 'pg';

/** Classes of SQLSTATE that say something about the data: data exception, constraint, wrong type, not what it expects. */
const dataClasses = new Set(['21', '22', '23', '42', '54']);

/** True where the same statement may succeed later: no connection, a time-out, a conflict, a server that goes down. */
export function isTransient(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !dataClasses.has((error.code ?? '').slice(0, 2));
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /^E(?!RR_)[A-Z]+$/.test(code) || /connection|terminated|timeout/i.test(error.message);
}
