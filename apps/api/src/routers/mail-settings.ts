/** The settings under which a mail was judged, beside those of now. */
import { z } from 'zod';
import { settingDifferences } from '@sluice/core/replay/settings-diff.ts';
import { readDecision } from '@sluice/core/use-cases/mails.ts';
import { domainAt } from '@sluice/core/use-cases/domains.ts';
import { createMailLookup } from '@sluice/postgres';
import { must, notFound, permitted } from '../trpc.ts';
import { describeDomain } from './domain-view.ts';

/** `settings`: all of them as they were; `differences`: only what is different now, in words. */
export const mailSettings = permitted('read')
  .input(z.object({ id: z.string() }))
  .query(async ({ ctx, input }) => {
    const place = await createMailLookup(ctx.services.db).find(ctx.scope, input.id);
    if (place === undefined) throw notFound('mail');
    const { data } = must(await readDecision(ctx.commands.ports, place));
    const then = must(await domainAt(ctx.commands, place.domainId, data.policyRevision));
    const now = must(await domainAt(ctx.commands, place.domainId));
    return {
      id: input.id,
      revision: data.policyRevision,
      revisionNow: now.revision,
      differences: settingDifferences(then.details, now.details),
      settings: describeDomain(place.domainId, then.details, then),
    };
  });
