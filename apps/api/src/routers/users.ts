/** Procedures about users. */
import { z } from 'zod';
import { createUser } from '@sluice/core/use-cases/accounts.ts';
import { listUsers } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { must, operatorProcedure, permitted, router } from '../trpc.ts';

export const users = router({
  create: operatorProcedure
    .input(z.object({ email: z.string(), name: z.string().min(1).max(200) }))
    .mutation(async ({ ctx, input }) => must(await createUser(ctx.commands, input))),

  list: permitted('read')
    .input(z.object({ ...after }).default({}))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      return { items: await listUsers(ctx.scope, ctx.services.db), ...freshness };
    }),
});
