/** Procedures of what-if: proposed settings over a domain's own recorded mail, with progress, cancellable. */
import { z } from 'zod';
import { propose } from '@sluice/core/replay/proposal.ts';
import { whatIf, type WhatIfAnswer } from '@sluice/core/use-cases/what-if.ts';
import { must, permitted, router } from '../trpc.ts';
import { begun, jobProcedures, ofDomain } from './job-procedures.ts';
import { proposalInput, toProposal } from './proposal-input.ts';
import { visibleDomain } from './visible-domain.ts';

const kind = 'what-if';

const dayMs = 24 * 60 * 60_000;

export const whatif = router({
  /** Begins, and answers the id to ask `progress` by. A proposal that could not be saved is refused at once. */
  start: permitted('what-if')
    .input(
      z.object({
        ...ofDomain,
        proposal: proposalInput,
        /** Mail of the last so many days. */
        days: z.int().min(1).max(36_600).default(30),
        /** Compared with the settings of now, or with those of each mail's time. */
        against: z.enum(['now', 'then']).default('now'),
        /** Samples of each direction. */
        samples: z.int().min(0).max(200).default(20),
      }),
    )
    .mutation(async ({ ctx, input: { domain, proposal: proposed, days, ...rest } }) => {
      const { id: domainId, accountId, details } = await visibleDomain(ctx.scope, ctx.services, domain);
      const proposal = toProposal(proposed);
      const { changes } = must(propose(details, proposal));
      const since = new Date(Date.now() - days * dayMs).toISOString();
      const request = { domainId, proposal, since, ...rest };
      const id = ctx.services.jobs.start(kind, { accountId, domainId }, (watch) =>
        whatIf(ctx.commands, request, watch),
      );
      return { id: begun(id), since, changes };
    }),

  ...jobProcedures(kind, (report: WhatIfAnswer | undefined): { readonly report?: WhatIfAnswer } =>
    report === undefined ? {} : { report },
  ),
});
