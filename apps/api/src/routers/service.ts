/** Procedures about the service as a whole. */
import { listEdges, livingEdges } from '@sluice/postgres';
import { signedInProcedure, router } from '../trpc.ts';

/** An edge asks for changes at least every half minute. */
export const edgeAliveMs = 60_000;

/** One that is away for longer is no longer where mail should go. */
const hereMs = 24 * 3_600_000;

export const service = router({
  /** Whether a mail sent now would be judged, shown and releasable. Why not is for the operator. */
  health: signedInProcedure.query(async ({ ctx }) => {
    const status = await ctx.services.status();
    const isOperator = ctx.scope.kind === 'service';
    const parts = Object.entries(status).map(([name, { ready, message }]) => ({
      name,
      ready,
      ...(isOperator && message !== undefined ? { message } : {}),
    }));
    return {
      ready: parts.every(({ ready }) => ready),
      parts,
      edges: await countEdges(ctx.services),
    };
  }),

  /** Names for the MX records of domains: edges are named by their host name, where nobody names them otherwise. */
  mailHosts: signedInProcedure.query(async ({ ctx }) => {
    const edges = await listEdges(ctx.services.db);
    const since = Date.now() - hereMs;
    const here = edges.filter(({ seenAt }) => Date.parse(seenAt) > since);
    return { items: here.map(({ id }) => id).filter((name) => name.includes('.')) };
  }),
});

/** None while the database is away, which `parts` tells. */
async function countEdges({ db }: { readonly db: Parameters<typeof livingEdges>[0] }): Promise<number> {
  try {
    return (await livingEdges(db, { withinMs: edgeAliveMs, position: '-1' })).total;
  } catch {
    return 0;
  }
}
