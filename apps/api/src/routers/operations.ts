/** Procedures of the operator: projections, queues, the log of events, figures. */
import { z } from 'zod';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { eventId } from '@sluice/core/kernel/hash.ts';
import {
  createMailLookup,
  listEdges,
  listProjections,
  rebuildOrder,
  requestRebuild,
  statisticsOf,
} from '@sluice/postgres';
import type { DecisionPlace } from '@sluice/core/ports/mail-lookup.ts';
import type { JobState } from '@sluice/core/ports/queue.ts';
import type { CommandContext } from '@sluice/core/use-cases/context.ts';
import { reportDelivery } from '@sluice/core/use-cases/mails.ts';
import type { Services } from '../services.ts';
import { must, notFound, operatorProcedure, permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

export const projections = router({
  list: operatorProcedure.query(async ({ ctx }) => ({ items: await listProjections(ctx.services.db) })),
  /** Builds the projection anew beside the old one; `list` shows the progress. */
  rebuild: operatorProcedure.input(z.object({ name: z.string() })).mutation(async ({ ctx, input }) => {
    const known = await listProjections(ctx.services.db);
    if (!known.some((one) => one.projection === input.name)) {
      throw notFound('projection; see `sluice projection list`');
    }
    return requestRebuild(ctx.services.db, input.name);
  }),

  /** How a rebuild is getting on. */
  order: operatorProcedure.input(z.object({ id: z.string() })).query(async ({ ctx, input }) => {
    const order = await rebuildOrder(ctx.services.db, input.id);
    if (order === undefined) throw notFound('rebuild');
    return order;
  }),
});

export const edges = router({
  /** How far the settings are that each edge judges by. */
  list: operatorProcedure.query(async ({ ctx }) => ({ items: await listEdges(ctx.services.db) })),
});

const states = ['waiting', 'delayed', 'active', 'completed', 'failed'] as const;

export const queues = router({
  list: operatorProcedure
    .input(
      z
        .object({ states: z.array(z.enum(states)).default(['waiting', 'delayed', 'active', 'failed']) })
        .default({ states: ['waiting', 'delayed', 'active', 'failed'] }),
    )
    .query(async ({ ctx, input }) => ({ items: await ctx.services.queues.list('redelivery', input.states) })),

  /** Makes a delayed or failed job due now. */
  retry: operatorProcedure.input(z.object({ id: z.string() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.services.queues.retry('redelivery', input.id)))
      throw notFound('job that waits or has failed');
    return { id: input.id };
  }),

  /** Gives a delivery up: the mail stays in the quarantine and can be released again. */
  return: operatorProcedure.input(z.object({ id: z.string() })).mutation(async ({ ctx, input }) => {
    const jobs = await ctx.services.queues.list('redelivery', ['waiting', 'delayed', 'failed']);
    const job = jobs.find((one) => one.id === input.id);
    if (job === undefined) throw notFound('job that is not running');
    const place = await createMailLookup(ctx.services.db).find(ctx.scope, job.payload.mailId);
    if (place === undefined) throw notFound('mail');
    await giveUp(ctx, job, place);
    return { id: input.id };
  }),
});

/** Whoever takes the job out of the queue is the only one to settle it; where that fails it goes back. */
async function giveUp(
  { services, commands }: { readonly services: Services; readonly commands: CommandContext },
  { id, payload, attempts }: JobState<'redelivery'>,
  place: DecisionPlace,
): Promise<void> {
  if (!(await services.queues.remove('redelivery', id))) throw notFound('job that is not running');
  const { mailId, releaseId, recipient } = payload;
  let isSettled = false;
  try {
    must(
      await reportDelivery(commands, place, {
        id: eventId('returned', mailId, releaseId, recipient),
        outcome: 'bounced',
        recipients: [recipient],
        host: '',
        code: 0,
        response: 'Given up by the operator; the mail is back in the quarantine.',
        attempt: attempts,
        releaseId,
      }),
    );
    isSettled = true;
  } finally {
    if (!isSettled) await services.queues.add('redelivery', id, payload);
  }
}

const describeEvent = (event: RecordedEvent) => ({ ...event, position: event.position.toString() });

export const events = router({
  /** A stream from a revision on, personal parts still sealed. */
  read: operatorProcedure
    .input(
      z.object({
        stream: z.string().min(1).max(400),
        from: z.int().nonnegative().default(0),
        limit: z.int().min(1).max(1_000).default(100),
      }),
    )
    .query(async ({ ctx, input: { stream, ...options } }) => {
      const items = [];
      for await (const event of ctx.services.store.readStream(stream, options))
        items.push(describeEvent(event));
      return { items };
    }),

  /** All streams after a position, or the last few; ask again with `next`. */
  tail: operatorProcedure
    .input(
      z.object({
        position: z
          .string()
          .regex(/^\d{1,20}$/)
          .optional(),
        limit: z.int().min(1).max(1_000).default(100),
      }),
    )
    .query(async ({ ctx, input: { position, limit } }) => {
      const items = [];
      const isFirst = position === undefined;
      const options = isFirst
        ? { direction: 'backwards' as const, limit }
        : { after: BigInt(position), limit };
      for await (const event of ctx.services.store.readAll(options)) items.push(describeEvent(event));
      if (isFirst) items.reverse();
      return { items, next: items.at(-1)?.position ?? position ?? '0' };
    }),
});

export const statistics = router({
  show: permitted('read')
    .input(
      z.object({
        domain: z.string().optional(),
        since: z.iso.datetime({ offset: true }),
        until: z.iso.datetime({ offset: true }),
        by: z.enum(['hour', 'day']).default('hour'),
      }),
    )
    .query(async ({ ctx, input: { domain, ...period } }) => {
      const view = domain === undefined ? undefined : await visibleDomain(ctx.scope, ctx.services, domain);
      return statisticsOf(ctx.scope, ctx.services.db, {
        ...period,
        ...(view === undefined ? {} : { domainId: view.id }),
      });
    }),
});
