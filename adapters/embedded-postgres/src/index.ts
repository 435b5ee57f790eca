/** A PostgreSQL server of our own, from the binaries in npm: made at the first start, stopped with us, found again after a crash. */
export type { EmbeddedPostgresErrorCode } from './errors.ts';
export { startEmbeddedPostgres } from './start.ts';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './start.ts';
