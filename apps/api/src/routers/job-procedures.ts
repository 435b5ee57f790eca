/** What callers ask of a long question once it is begun, whichever it is: how far it is, and to stop it. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { JobState } from '../jobs.ts';
import { permitted } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

/** A long question as callers see it. */
export interface JobView {
  readonly id: string;
  /** gone: it was forgotten, or the api has been started anew; ask again. */
  readonly state: JobState | 'gone';
  /** Decisions gone over, and to go over in all. */
  readonly read: number;
  readonly total: number;
  /** Why it failed: one sentence. */
  readonly message?: string;
}

/** The domain that a question is asked of. */
export const ofDomain = { domain: z.string().min(1).max(253) };
/** A question that was begun. */
export const ofJob = z.object({ ...ofDomain, id: z.string().max(64) });

/** `show` gives what callers see of the answer, once there is one. */
export const jobProcedures = <TValue, TShown extends object>(
  kind: string,
  show: (value: TValue | undefined) => TShown,
) => ({
  progress: permitted('what-if')
    .input(ofJob)
    .query(async ({ ctx, input: { domain, id } }): Promise<JobView & TShown> => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      const job = ctx.services.jobs.find<TValue>(ctx.scope, kind, id);
      const shown = show(job?.value);
      if (job === undefined) return { id, state: 'gone', read: 0, total: 0, ...shown };
      const { state, progress, message } = job;
      return { id, state, ...progress, ...(message === undefined ? {} : { message }), ...shown };
    }),

  cancel: permitted('what-if')
    .input(ofJob)
    .mutation(async ({ ctx, input: { domain, id } }) => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      return { cancelled: ctx.services.jobs.cancel(ctx.scope, kind, id) };
    }),
});

/** The id of what was begun. */
export function begun(id: string | undefined): string {
  if (id !== undefined) return id;
  const message = 'Enough of this is under way already; wait until it is done, or cancel it.';
  throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message });
}
