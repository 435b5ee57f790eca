/** The feed of Bayes counts to edges: what was taught after a cursor, now or when something is taught. */
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import type { BayesFeed } from '@sluice/core/handover/bayes-feed.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { bayesChangedAfter, type Database } from '@sluice/postgres';
import type { ChangeWatch } from './watch-changes.ts';

/** Counts in one answer: about 120 kB of JSON, so that neither side stops for long to read or write it. */
const pageSize = 5_000;
const longestWaitMs = 30_000;

export async function readBayes(
  { db, watch }: { readonly db: Database; readonly watch: ChangeWatch },
  after: string | undefined,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<BayesFeed> {
  const scope = operatorScope();
  const page = { after, limit: pageSize };
  let changed = await bayesChangedAfter(scope, db, page);
  if (changed.counts.length === 0 && waitMs > 0) {
    const [position] = after?.split('/') ?? [];
    await watch.changedAfter(position, { waitMs: Math.min(waitMs, longestWaitMs), signal });
    changed = await bayesChangedAfter(scope, db, page);
  }
  return { tokenizer: tokenizerVersion, ...changed };
}
