/** Procedures about the archive: how much it holds, and whether every mail in it is whole. */
import { z } from 'zod';
import { verifyPack } from '@sluice/core/archive/verify-pack.ts';
import { operatorProcedure, router } from '../trpc.ts';

const maxVerified = 50;

export const archive = router({
  stats: operatorProcedure.query(async ({ ctx }) => {
    let packs = 0;
    let bytes = 0;
    for await (const pack of ctx.services.packs.list()) {
      packs += 1;
      bytes += pack.size;
    }
    return { packs, bytes };
  }),

  /** Reads the next packs in order of their names; ask again with `next` until there is none. */
  verify: operatorProcedure
    .input(z.object({ after: z.string().optional() }).default({}))
    .query(async ({ ctx, input }) => {
      const names: string[] = [];
      for await (const { name } of ctx.services.packs.list()) {
        if (input.after === undefined || name > input.after) names.push(name);
        if (names.length > maxVerified) break;
      }
      const items = [];
      for (const name of names.slice(0, maxVerified)) {
        items.push({ id: name, ...(await verifyPack(ctx.services.packs, name)) });
      }
      return { items, ...(names.length > maxVerified ? { next: names[maxVerified - 1] } : {}) };
    }),
});
