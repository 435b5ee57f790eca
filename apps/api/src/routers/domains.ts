/** Procedures about domains: adding, looking, and what the operator decides. */
import { z } from 'zod';
import { TRPCError } from '@trpc/server';
import { addDomain, domainAt, removeDomain } from '@sluice/core/use-cases/domains.ts';
import { presetNames } from '@sluice/core/checks/check.ts';
import { type DomainEvents, domainFormats } from '@sluice/core/domain/domain.ts';
import { describeChange } from '@sluice/core/domain/describe-change.ts';
import { changesOf, listAccounts, listDomains, livingEdges, timelineOf } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { must, notFound, operatorProcedure, permitted, router } from '../trpc.ts';
import { withActorNames } from './actors.ts';
import { testRoute } from './domain-route.ts';
import { listsWithAuthors } from './domain-lists.ts';
import { describeDomain } from './domain-view.ts';
import { edgeAliveMs } from './service.ts';
import { settings } from './settings.ts';
import { visibleDomain } from './visible-domain.ts';

const changeTypes = Object.keys(domainFormats) as [DomainEvents['type']];

const named = { domain: z.string().min(1).max(253) };

/** Where the caller names no account: the only one there is. */
async function onlyAccount(accounts: readonly { readonly id: string }[]): Promise<string> {
  const [only, another] = accounts;
  if (only === undefined || another !== undefined)
    throw notFound('account; name one of `sluice account list`');
  return only.id;
}

export const domains = router({
  /** An owner adds domains too, but only the operator knows that they are theirs. */
  add: permitted('manage-account')
    .input(
      z.object({
        name: z.string(),
        accountId: z.string().optional(),
        preset: z.enum(presetNames).default('balanced'),
        vouched: z.boolean().default(false),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      if (input.vouched && ctx.scope.kind !== 'service') {
        throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the operator can vouch for a domain.' });
      }
      const accounts = await listAccounts(ctx.scope, ctx.services.db);
      const wanted = accounts.filter((one) => input.accountId === undefined || one.id === input.accountId);
      const accountId = await onlyAccount(wanted);
      return must(await addDomain(ctx.commands, { ...input, accountId }));
    }),

  list: permitted('read')
    .input(z.object({ ...after }).default({}))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      const found = await listDomains(ctx.scope, ctx.services.db);
      const items = found.map(({ id, details, revision }) => {
        const { name, accountId, status, preset, route } = describeDomain(id, details, { revision });
        return { id, name, accountId, status, preset, route };
      });
      return { items, ...freshness };
    }),

  /** `at`: a revision, or an ISO 8601 time: the settings as they were. */
  show: permitted('read')
    .input(
      z.object({
        ...named,
        at: z.union([z.int().nonnegative(), z.iso.datetime({ offset: true })]).optional(),
        ...after,
      }),
    )
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      const view = await visibleDomain(ctx.scope, ctx.services, input.domain);
      if (input.at === undefined) return { ...describeDomain(view.id, view.details, view), ...freshness };
      const then = must(await domainAt(ctx.commands, view.id, input.at));
      return { ...describeDomain(view.id, then.details, then), ...freshness };
    }),

  history: permitted('read')
    .input(
      z.object({
        ...named,
        limit: z.int().min(1).max(200).optional(),
        cursor: z.string().optional(),
        ...after,
      }),
    )
    .query(async ({ ctx, input: { domain, after: position, ...page } }) => {
      const freshness = await fresh(ctx.services, 'timeline', position);
      const { id } = await visibleDomain(ctx.scope, ctx.services, domain);
      const query = { subject: 'domain' as const, id, ...present(page) };
      const { items, next } = await timelineOf(ctx.scope, ctx.services.db, query);
      const named = await withActorNames(ctx, items);
      const described = named.map((one) => ({ ...one, sentence: describeChange(one.type, one.summary) }));
      return { items: described, next, ...freshness };
    }),

  /** The newest first, each with the revision of the settings after it: `show` with that `at` has them as they were. */
  changes: permitted('read')
    .input(
      z.object({
        ...named,
        types: z.array(z.enum(changeTypes)).optional(),
        limit: z.int().min(1).max(200).optional(),
        cursor: z.string().optional(),
        ...after,
      }),
    )
    .query(async ({ ctx, input: { domain, after: position, ...page } }) => {
      const freshness = await fresh(ctx.services, 'timeline', position);
      const { id } = await visibleDomain(ctx.scope, ctx.services, domain);
      const query = { domainId: id, ...present(page) };
      const { items, next } = await changesOf(ctx.scope, ctx.services.db, query);
      const named = await withActorNames(ctx, items);
      const described = named.map((one) => ({ ...one, sentence: describeChange(one.type, one.summary) }));
      return { items: described, next, ...freshness };
    }),

  /** The allow and block lists, the last added first, with who added what. */
  lists: permitted('read')
    .input(z.object({ ...named, ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      const { id, details } = await visibleDomain(ctx.scope, ctx.services, input.domain);
      return { items: await listsWithAuthors(ctx, id, details.lists), ...freshness };
    }),

  /** Whether all edges that are there judge by the settings of a change; `position`: what the change answered. */
  inForce: permitted('read')
    .input(z.object({ ...named, position: after.after.unwrap() }))
    .query(async ({ ctx, input: { domain, position } }) => {
      await visibleDomain(ctx.scope, ctx.services, domain);
      const edges = await livingEdges(ctx.services.db, { withinMs: edgeAliveMs, position });
      return { inForce: edges.total > 0 && edges.current === edges.total, edges };
    }),

  /** Tries the route out, or the hosts of `urls`, without sending anything. */
  testRoute: permitted('change-settings')
    .input(z.object({ ...named, urls: z.array(z.string().max(300)).min(1).max(8).optional() }))
    .mutation(async ({ ctx, input: { domain, urls } }) => {
      const view = await visibleDomain(ctx.scope, ctx.services, domain);
      return { items: await testRoute(ctx, view, urls) };
    }),

  remove: operatorProcedure.input(z.object(named)).mutation(async ({ ctx, input }) => {
    const view = await visibleDomain(ctx.scope, ctx.services, input.domain);
    const owner = { domainId: view.id, accountId: view.accountId, name: view.details.name };
    return must(await removeDomain(ctx.commands, owner));
  }),

  settings,
});

/** Without the members that are undefined, which exact optional types do not take. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
