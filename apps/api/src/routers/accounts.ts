/** Procedures about accounts. */
import { z } from 'zod';
import { openAccount } from '@sluice/core/use-cases/accounts.ts';
import { listAccounts, listMembers, showAccount } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { must, notFound, operatorProcedure, permitted, router } from '../trpc.ts';

export const accounts = router({
  create: operatorProcedure
    .input(z.object({ name: z.string() }))
    .mutation(async ({ ctx, input }) => must(await openAccount(ctx.commands, input))),

  list: permitted('read')
    .input(z.object({ ...after }).default({}))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      return { items: await listAccounts(ctx.scope, ctx.services.db), ...freshness };
    }),

  show: permitted('read')
    .input(z.object({ id: z.string(), ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      const account = await showAccount(ctx.scope, ctx.services.db, input.id);
      if (account === undefined) throw notFound('account');
      const members = await listMembers(ctx.scope, ctx.services.db, { accountId: input.id });
      return { ...account, members, ...freshness };
    }),
});
