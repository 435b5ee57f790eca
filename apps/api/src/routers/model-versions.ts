/** Procedures about the versions of a learned model that judged a domain's mail: looked for in its decisions, cancellable. */
import { z } from 'zod';
import type { ModelVersionsReport } from '@sluice/core/replay/model-versions.ts';
import { modelVersions } from '@sluice/core/use-cases/model-versions.ts';
import { permitted, router } from '../trpc.ts';
import { begun, type JobView, viewJob } from './job-view.ts';
import { visibleDomain } from './visible-domain.ts';

const kind = 'model-versions';
const named = { domain: z.string().min(1).max(253) };
const job = z.object({ ...named, id: z.string().max(64) });
const time = z.iso.datetime({ offset: true });

/** `report` when it is done. */
export type ModelVersionsProgress = JobView & { readonly report?: ModelVersionsReport };

export const versions = router({
  /** Begins, and answers the id to ask `progress` by. */
  start: permitted('what-if')
    .input(z.object({ ...named, check: z.string().max(64).default('bayes'), since: time, until: time }))
    .mutation(async ({ ctx, input: { domain, ...setting } }) => {
      const { id: domainId, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const id = ctx.services.jobs.start(kind, { accountId, domainId }, (watch) =>
        modelVersions(ctx.commands, { domainId, ...setting }, watch),
      );
      return { id: begun(id) };
    }),

  progress: permitted('what-if')
    .input(job)
    .query(async ({ ctx, input: { domain, id } }): Promise<ModelVersionsProgress> => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      const found = ctx.services.jobs.find<ModelVersionsReport>(ctx.scope, kind, id);
      return { ...viewJob(id, found), ...(found?.value === undefined ? {} : { report: found.value }) };
    }),

  cancel: permitted('what-if')
    .input(job)
    .mutation(async ({ ctx, input: { domain, id } }) => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      return { cancelled: ctx.services.jobs.cancel(ctx.scope, kind, id) };
    }),
});
