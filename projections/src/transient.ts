/** Which failures pass by themselves, whatever part they come from. */
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { IndexReplaced as MeilisearchIndexReplaced, SearchUnavailable } from '@sluice/meilisearch';
import { isTransient as isDatabaseTransient } from '@sluice/postgres';
import { IndexReplaced } from '@sluice/sqlite-fts5';

/** Results of SQLite that say something about the data and not about disk, locks or memory: too big, constraint, mismatch. */
const sqliteDataErrors = new Set([18, 19, 20]);

const passing = [StoreUnavailable, IndexReplaced, MeilisearchIndexReplaced, SearchUnavailable];

export function isTransient(error: unknown): boolean {
  if (passing.some((kind) => error instanceof kind)) return true;
  if (error instanceof Error && 'errcode' in error) {
    // Extended result codes keep the primary one in their lowest byte.
    return !sqliteDataErrors.has(Number(error.errcode) & 0xff);
  }
  return isDatabaseTransient(error);
}
