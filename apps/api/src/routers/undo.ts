/** Procedures of incident undo: what an incident refused, the order to release it, and how far that is. */
import { z } from 'zod';
import { TRPCError } from '@trpc/server';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { ok } from '@sluice/core/kernel/result.ts';
import { incidentText } from '@sluice/core/replay/incident.ts';
import type { UndoneMail, UndoReport } from '@sluice/core/replay/undo.ts';
import { orderUndo, reviewUndo, type UndoRequest } from '@sluice/core/use-cases/undo.ts';
import { openIncident, releasableMails, undoOrdersOf } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import type { Services } from '../services.ts';
import { must, permitted, router } from '../trpc.ts';
import { withActorNames } from './actors.ts';
import { begun, jobProcedures, ofDomain, ofJob } from './job-procedures.ts';
import { incidentInput, toIncident } from './proposal-input.ts';
import { visibleDomain } from './visible-domain.ts';

const kind = 'undo';
const time = z.iso.datetime({ offset: true });

/** A review that is done: what can be released, and what of the flips cannot any more. */
interface Reviewed {
  readonly request: UndoRequest;
  readonly report: UndoReport;
  readonly mails: readonly UndoneMail[];
  /** Flips that were released before, or of which nothing is kept any more. */
  readonly notReleasable: number;
  /** Flips with a virus that who asked for the review may not release. */
  readonly withheld: number;
  readonly isCut: boolean;
}

/** All of it once the review is done. */
interface ReviewView {
  readonly report?: UndoReport;
  readonly releasable?: number;
  readonly notReleasable?: number;
  readonly withheld?: number;
  readonly isCut?: boolean;
}

function viewReview(reviewed: Reviewed | undefined): ReviewView {
  if (reviewed === undefined) return {};
  const { report, mails, notReleasable, withheld, isCut } = reviewed;
  return { report, releasable: mails.length, notReleasable, withheld, isCut };
}

const lookedUpAtOnce = 1_000;

async function releasable(
  { db }: Services,
  scope: TenantScope,
  mails: readonly UndoneMail[],
): Promise<readonly UndoneMail[]> {
  const kept: UndoneMail[] = [];
  for (let from = 0; from < mails.length; from += lookedUpAtOnce) {
    const some = mails.slice(from, from + lookedUpAtOnce);
    const rows = await releasableMails(
      scope,
      db,
      some.map(({ mailId }) => mailId),
    );
    const ids = new Set(rows.flatMap(({ id, isReleasable }) => (isReleasable ? [id] : [])));
    kept.push(...some.filter(({ mailId }) => ids.has(mailId)));
  }
  return kept;
}

function reviewedOf(services: Services, scope: TenantScope, id: string): Reviewed {
  const found = services.jobs.find<Reviewed>(scope, kind, id);
  if (found?.value !== undefined) return found.value;
  const message = 'There is no review of that id that is done; make the review again.';
  throw new TRPCError({ code: 'PRECONDITION_FAILED', message });
}

export const undo = router({
  /** Begins to look for what the incident refused; nothing is released by it. */
  review: permitted('what-if')
    .input(
      z.object({
        ...ofDomain,
        incident: incidentInput,
        since: time,
        until: time,
        samples: z.int().min(0).max(200).default(20),
      }),
    )
    .mutation(async ({ ctx, input: { domain, incident, ...rest } }) => {
      const { id: domainId, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const request: UndoRequest = { domainId, incident: toIncident(incident), ...rest };
      const id = ctx.services.jobs.start<Reviewed>(kind, { accountId, domainId }, async (watch) => {
        const reviewed = await reviewUndo(ctx.commands, request, watch);
        if (!reviewed.ok) return reviewed;
        const { report, mails, isCut, withheld } = reviewed.value;
        const kept = await releasable(ctx.services, ctx.scope, mails);
        return ok({
          request,
          report,
          mails: kept,
          notReleasable: mails.length - kept.length,
          withheld,
          isCut,
        });
      });
      return { id: begun(id), what: incidentText(request.incident) };
    }),

  ...jobProcedures(kind, viewReview),

  /** The mails of a review that can be released, oldest first, page by page; none while it is not done. */
  mails: permitted('what-if')
    .input(
      ofJob.extend({
        cursor: z
          .string()
          .regex(/^\d{1,9}$/)
          .optional(),
        limit: z.int().min(1).max(200).default(50),
      }),
    )
    .query(async ({ ctx, input: { domain, id, cursor = '0', limit } }) => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      const all = ctx.services.jobs.find<Reviewed>(ctx.scope, kind, id)?.value?.mails ?? [];
      const from = Number(cursor);
      const ids = all.slice(from, from + limit).map(({ mailId }) => mailId);
      const rows = await releasableMails(ctx.scope, ctx.services.db, ids);
      const items = ids.flatMap((mailId) => rows.find((row) => row.id === mailId) ?? []);
      const next = from + limit < all.length ? String(from + limit) : undefined;
      return { items, total: all.length, next };
    }),

  /** Releases what a review found, but for `exclude`: one order, carried out so many a minute. Again: the same order. */
  order: permitted('undo')
    .input(
      z.object({
        ...ofDomain,
        review: z.string().max(64),
        exclude: z.array(z.string().max(64)).max(10_000).default([]),
        rate: z.int().min(1).max(6_000).default(60),
      }),
    )
    .mutation(async ({ ctx, input: { domain, review: id, exclude, rate } }) => {
      const { id: domainId, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const { request, mails } = reviewedOf(ctx.services, ctx.scope, id);
      const unknown = exclude.find((one) => !mails.some(({ mailId }) => mailId === one));
      if (unknown !== undefined || request.domainId !== domainId) {
        const message = `${unknown ?? 'This domain'} is not in the review.`;
        throw new TRPCError({ code: 'BAD_REQUEST', message });
      }
      const excluded = new Set(exclude);
      const { incident, since, until } = request;
      const ordered = mails.filter(({ mailId }) => !excluded.has(mailId));
      const order = { undoId: id, incident, since, until, mails: ordered, rate };
      const given = must(await orderUndo(ctx.commands, { domainId, accountId }, order));
      return { ...given, mails: ordered.length, rate };
    }),

  /** Orders and how far they are, the newest first. */
  list: permitted('read')
    .input(
      z
        .object({ domain: ofDomain.domain.optional(), id: z.string().max(64).optional(), ...after })
        .default({}),
    )
    .query(async ({ ctx, input: { domain, id, after: position } }) => {
      const freshness = await fresh(ctx.services, 'undo-orders', position);
      const view = domain === undefined ? undefined : await visibleDomain(ctx.scope, ctx.services, domain);
      const found = await undoOrdersOf(ctx.scope, ctx.services.db, {
        ...(view === undefined ? {} : { domainId: view.id }),
        ...(id === undefined ? {} : { undoId: id }),
      });
      const orders = found.map(async ({ orderedBy: actor, incident: sealed, ...one }) => {
        const incident = await openIncident(ctx.services.commandPorts.vault, {
          id: one.id,
          incident: sealed,
        });
        const what = incident === undefined ? 'an incident that is erased' : incidentText(incident);
        return { ...one, actor, incident, what };
      });
      return { items: await withActorNames(ctx, await Promise.all(orders)), ...freshness };
    }),
});
