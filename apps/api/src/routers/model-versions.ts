/** Procedures about the versions of a learned model that judged a domain's mail: looked for in its decisions, cancellable. */
import { z } from 'zod';
import type { ModelVersionsReport } from '@sluice/core/replay/model-versions.ts';
import { modelVersions } from '@sluice/core/use-cases/model-versions.ts';
import { permitted, router } from '../trpc.ts';
import { begun, jobProcedures, ofDomain } from './job-procedures.ts';
import { visibleDomain } from './visible-domain.ts';

const kind = 'model-versions';
const time = z.iso.datetime({ offset: true });

export const versions = router({
  /** Begins, and answers the id to ask `progress` by. */
  start: permitted('what-if')
    .input(z.object({ ...ofDomain, check: z.string().max(64).default('bayes'), since: time, until: time }))
    .mutation(async ({ ctx, input: { domain, ...setting } }) => {
      const { id: domainId, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const id = ctx.services.jobs.start(kind, { accountId, domainId }, (watch) =>
        modelVersions(ctx.commands, { domainId, ...setting }, watch),
      );
      return { id: begun(id) };
    }),

  ...jobProcedures(
    kind,
    (report: ModelVersionsReport | undefined): { readonly report?: ModelVersionsReport } =>
      report === undefined ? {} : { report },
  ),
});
