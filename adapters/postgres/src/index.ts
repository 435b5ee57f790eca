/** PostgreSQL: data keys, read models and their queries, and the bookkeeping of projections. */
export {
  connectPostgres,
  type Database,
  type DatabaseTransaction,
  type Postgres,
  PostgresUnavailable,
} from './connect.ts';
export { type EdgeView, listEdges, noteEdge } from './edges.ts';
export { isTransient } from './errors.ts';
export { type ExclusiveLock, tryExclusive } from './exclusive.ts';
export { createPostgresKeyStore, DataKeyDamaged, type KeyWrapping } from './key-store.ts';
export { createOwedDeliveries } from './owed-deliveries.ts';
export * from './queries/accounts.ts';
export * from './queries/domains.ts';
export * from './queries/mails.ts';
export type { Page } from './queries/page.ts';
export * from './queries/statistics.ts';
export * from './queries/timeline.ts';
export * from './queries/users.ts';
export { staleAfterMs, waitFor } from './wait-for.ts';
export * from './writes/checkpoints.ts';
export * from './writes/commands.ts';
export * from './writes/mails.ts';
export * from './writes/parked-events.ts';
export * from './writes/rebuild.ts';
export * from './writes/settings.ts';
export * from './writes/statistics.ts';
export * from './writes/timeline.ts';
