/** Procedures of the first page: how the caller's domains are doing. */
import { z } from 'zod';
import { reasonTitle } from '@sluice/core/checks/registry.ts';
import { overviewOf } from '@sluice/postgres';
import { permitted, router } from '../trpc.ts';

const hour = 60;
const maxBuckets = 1_000;
const minuteMs = 60_000;

const period = z
  .object({
    since: z.iso.datetime({ offset: true }),
    until: z.iso.datetime({ offset: true }),
    /** Whole hours: figures are by the hour. */
    bucketMinutes: z
      .int()
      .min(hour)
      .max(31 * 24 * hour)
      .multipleOf(hour)
      .default(hour),
  })
  .refine(
    ({ since, until, bucketMinutes }) =>
      Date.parse(until) - Date.parse(since) <= maxBuckets * bucketMinutes * minuteMs,
    { message: `Ask for ${maxBuckets} buckets at most.` },
  );

export const home = router({
  /** Every visible domain by name, with zeros where no mail has come. */
  overview: permitted('read')
    .input(period)
    .query(async ({ ctx, input }) => {
      const items = (await overviewOf(ctx.scope, ctx.services.db, input)).map((one) => ({
        ...one,
        byReason: one.byReason.map((counted) => ({ ...counted, title: reasonTitle(counted.reason) })),
      }));
      return { items };
    }),
});
