/** A long question as callers see it. */
import { TRPCError } from '@trpc/server';
import type { Job, JobState } from '../jobs.ts';

export interface JobView {
  readonly id: string;
  /** gone: it was forgotten, or the api has been started anew; ask again. */
  readonly state: JobState | 'gone';
  /** Decisions gone over, and to go over in all. */
  readonly read: number;
  readonly total: number;
  readonly message?: string;
}

export function viewJob(id: string, job: Job<unknown> | undefined): JobView {
  if (job === undefined) return { id, state: 'gone', read: 0, total: 0 };
  const { state, progress, message } = job;
  return { id, state, ...progress, ...(message === undefined ? {} : { message }) };
}

/** The id of what was begun. */
export function begun(id: string | undefined): string {
  if (id !== undefined) return id;
  const message = 'Enough of this is under way already; wait until it is done, or cancel it.';
  throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message });
}
