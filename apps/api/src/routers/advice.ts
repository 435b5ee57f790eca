/** Procedures of advice: what each check refused that people released after all, and what to set instead. */
import { z } from 'zod';
import { effectivePolicy } from '@sluice/core/policy/effective.ts';
import { adviceFor, precisionView } from '@sluice/core/replay/advice.ts';
import { precisionOf } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

const dayMs = 24 * 60 * 60_000;

export const advice = router({
  /** Figures of each check, and of each zone or result behind it (`source`), with advice that what-if can try out. */
  show: permitted('read')
    .input(
      z.object({
        domain: z.string().min(1).max(253),
        /** Refusals of the last so many days. */
        days: z.int().min(1).max(3_660).default(30),
        ...after,
      }),
    )
    .query(async ({ ctx, input: { domain, days, after: position } }) => {
      const freshness = await fresh(ctx.services, 'precision', position);
      const { id: domainId, details } = await visibleDomain(ctx.scope, ctx.services, domain);
      const since = new Date(Date.now() - days * dayMs).toISOString();
      const figures = await precisionOf(ctx.scope, ctx.services.db, { domainId, since });
      const policy = effectivePolicy(details, 0);
      const modeOf = (check: string) => policy.checks[check]?.mode ?? 'off';
      return {
        since,
        items: figures.map((one) => ({ ...precisionView(one), mode: modeOf(one.check) })),
        advice: adviceFor(figures, policy),
        ...freshness,
      };
    }),
});
