/** Procedures about the quarantine: search, how much there is, what it can be narrowed to, and what comes in. */
import { z } from 'zod';
import { isKeptReason, checkNamed, reasonTitle } from '@sluice/core/checks/registry.ts';
import { facetsOf } from '@sluice/postgres';
import { after } from '../freshness.ts';
import { guarded } from '../live/guarded.ts';
import { liveHits } from '../live/live-hits.ts';
import { permitted, router } from '../trpc.ts';
import { filterShape, toQuery } from './quarantine-filter.ts';
import { describeHits } from './quarantine-hits.ts';

const search = z.object({ ...filterShape, ...after });

/** As far as matches are counted one by one. */
const countLimit = 10_000;

const pollMs = 20;
const waitMs = 2_000;

export const quarantine = router({
  /** `position`: give it to `live` as `lastEventId`, and nothing that comes in between is missed. */
  search: permitted('read')
    .input(search)
    .query(async ({ ctx, input: { after: position, ...filter } }) => {
      const { quarantine: index } = ctx.services;
      const stale = position !== undefined && !(await reached(() => index.checkpoint(), position));
      const { query, domain } = await toQuery(ctx, filter);
      const checkpoint = (await index.checkpoint()) ?? '0';
      const page = await index.search(ctx.scope, query);
      const items = await describeHits(ctx, page.items, domain);
      return { items, next: page.next, position: checkpoint, ...(stale ? { stale: true as const } : {}) };
    }),

  count: permitted('read')
    .input(search)
    .query(async ({ ctx, input: { after: _, cursor: __, limit: ___, ...filter } }) => {
      const { query } = await toQuery(ctx, filter);
      const found = await ctx.services.quarantine.count(ctx.scope, query, countLimit + 1);
      return { count: Math.min(found, countLimit), capped: found > countLimit };
    }),

  /** Counts are of what was refused or held in the time, whether it is still kept or not. */
  facets: permitted('read')
    .input(
      z
        .object({ ...z.object(filterShape).pick({ domain: true, since: true, until: true }).shape })
        .default({}),
    )
    .query(async ({ ctx, input }) => {
      const { query } = await toQuery(ctx, input);
      const { reasons, checks } = await facetsOf(ctx.scope, ctx.services.db, query);
      // No edge decides it: it comes of a delivery that failed, and only the index knows of it.
      const undeliverable = { ...query, reason: 'undeliverable' };
      const bounced = await ctx.services.quarantine.count(ctx.scope, undeliverable, countLimit);
      const all = bounced === 0 ? reasons : [...reasons, { value: 'undeliverable', count: bounced }];
      return {
        reasons: all
          .filter(({ value }) => isKeptReason(value))
          .map((one) => ({ ...one, title: reasonTitle(one.value) }))
          .toSorted((a, b) => b.count - a.count),
        checks: checks.map((one) => ({ ...one, title: checkNamed(one.value)?.title ?? one.value })),
      };
    }),

  /** Mails of the filter as they come in; the id of each batch is a position. */
  live: permitted('read')
    .input(z.object({ ...filterShape, lastEventId: after.after }))
    .subscription(async ({ ctx, input: { lastEventId, cursor: _, limit: __, ...filter }, signal }) => {
      const { query } = await toQuery(ctx, filter);
      const { caller, scope, services } = ctx;
      return guarded(liveHits({ caller, scope, services, query, lastEventId, signal }));
    }),
});

async function reached(checkpoint: () => Promise<string | undefined>, position: string): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const at = await checkpoint();
    if (at !== undefined && BigInt(at) >= BigInt(position)) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
