/** Procedures about mails: the list, one mail explained, release and what becomes of it. */
import { z } from 'zod';
import { refuse, type Refusal, type Result } from '@sluice/core/kernel/result.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { readDecision, type RecordedDecision, releaseMail } from '@sluice/core/use-cases/mails.ts';
import { mayRelease } from '@sluice/core/use-cases/release-permission.ts';
import type { CommandContext } from '@sluice/core/use-cases/context.ts';
import { createMailLookup, deliveriesOf, listMails, showMail } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { guarded } from '../live/guarded.ts';
import { liveDeliveries } from '../live/live-deliveries.ts';
import type { Services } from '../services.ts';
import { teachReleased } from '../teach.ts';
import { must, notFound, permitted, router } from '../trpc.ts';
import { content } from './mail-content.ts';
import { mailSettings } from './mail-settings.ts';
import { viewMail } from './mail-view.ts';
import { visibleDomain } from './visible-domain.ts';

const page = {
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
};

const verdicts = z.enum(['accept', 'tag', 'hold', 'reject', 'defer']);

const maxReleased = 1_000;
const maxFollowed = 200;

interface Caller {
  readonly scope: TenantScope;
  readonly services: Services;
  readonly commands: CommandContext;
}

/** The mail, if the caller may see it; NOT_FOUND otherwise. */
async function visiblePlace({ scope, services }: Caller, mailId: string) {
  const place = await createMailLookup(services.db).find(scope, mailId);
  if (place === undefined) throw notFound('mail');
  return place;
}

/** Of many, the one that is refused is named. */
const naming = <T>(id: string, result: Result<T, Refusal>): Result<T, Refusal> =>
  result.ok ? result : refuse(result.error.code, `${id}: ${result.error.message}`);

export const mails = router({
  content,
  settings: mailSettings,

  list: permitted('read')
    .input(
      z.object({ domain: z.string().optional(), verdicts: z.array(verdicts).optional(), ...page, ...after }),
    )
    .query(async ({ ctx, input: { domain, after: position, ...filter } }) => {
      const freshness = await fresh(ctx.services, 'mails', position);
      const view = domain === undefined ? undefined : await visibleDomain(ctx.scope, ctx.services, domain);
      const query = { ...filter, ...(view === undefined ? {} : { domainId: view.id }) };
      return { ...(await listMails(ctx.scope, ctx.services.db, query as never)), ...freshness };
    }),

  show: permitted('read')
    .input(z.object({ id: z.string(), ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'mails', input.after);
      const mail = await showMail(ctx.scope, ctx.services.db, input.id);
      if (mail === undefined) throw notFound('mail');
      return { ...(await viewMail(ctx, mail)), ...freshness };
    }),

  /** All of the mails at once, and again on each change, until nothing more happens to their releases by itself. */
  follow: permitted('read')
    .input(z.object({ ids: z.array(z.string()).min(1).max(maxFollowed) }))
    .subscription(async ({ ctx: { scope, services }, input, signal }) => {
      const ids = [...new Set(input.ids)];
      const visible = await deliveriesOf(scope, services.db, ids);
      if (visible.length < ids.length) throw notFound('mail');
      return guarded(liveDeliveries({ scope, services, ids, signal }));
    }),

  release: permitted('release')
    .input(z.object({ ids: z.array(z.string()).min(1).max(maxReleased), to: z.string().max(320).optional() }))
    .mutation(async ({ ctx, input }) => {
      const order = input.to === undefined ? {} : { to: input.to };
      const items: { id: string; position: string | undefined; released: boolean }[] = [];
      // All of them are found before the first is released: a wrong id among many, or one with a virus, changes nothing.
      const decisions: RecordedDecision[] = [];
      for (const id of new Set(input.ids)) {
        const place = await visiblePlace(ctx, id);
        const decision = must(await readDecision(ctx.commands.ports, place));
        const permission = await mayRelease(ctx.commands, { domainId: place.domainId, data: decision.data });
        must(input.ids.length === 1 ? permission : naming(id, permission));
        decisions.push(decision);
      }
      for (const decision of decisions) {
        const { mailId: id } = decision.place;
        const { position } = must(await releaseMail(ctx.commands, decision, order));
        items.push({ id, position, released: position !== undefined });
        // Whoever reads it at another address is none of those it was sent to.
        const whose = input.to === undefined ? {} : { mailboxes: [] };
        if (position !== undefined) await teachReleased(ctx, id, whose);
      }
      return { items };
    }),
});
