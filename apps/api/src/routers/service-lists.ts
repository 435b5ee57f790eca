/** Procedures about the operator's lists, which stand below those of every domain. */
import { z } from 'zod';
import { changeServiceLists, serviceListsAt } from '@sluice/core/use-cases/service-lists.ts';
import { must, operatorProcedure, router } from '../trpc.ts';

const key = { action: z.enum(['allow', 'block']), pattern: z.string().min(1).max(320) };

const entry = z.object({
  ...key,
  authenticated: z.boolean().default(false),
  expires: z.iso.datetime().optional(),
  note: z.string().max(500).optional(),
});

export const serviceLists = router({
  /** As they are now, or were at a revision of theirs, such as a decision names. */
  show: operatorProcedure
    .input(z.object({ at: z.int().min(0).optional() }).default({}))
    .query(async ({ ctx, input: { at } }) => {
      const found = await serviceListsAt(ctx.commands, at);
      return { items: found?.lists ?? [], revision: found?.revision };
    }),

  add: operatorProcedure.input(entry).mutation(async ({ ctx, input: { expires, note, ...plain } }) => {
    const data = {
      ...plain,
      ...(expires === undefined ? {} : { expires }),
      ...(note === undefined ? {} : { note }),
    };
    return must(await changeServiceLists(ctx.commands, { type: 'AddServiceListEntry', data }));
  }),

  remove: operatorProcedure
    .input(z.object(key))
    .mutation(async ({ ctx, input }) =>
      must(await changeServiceLists(ctx.commands, { type: 'RemoveServiceListEntry', data: input })),
    ),
});
