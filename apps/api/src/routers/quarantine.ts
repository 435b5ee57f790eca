/** Procedures about the quarantine: search. */
import { z } from 'zod';
import { after } from '../freshness.ts';
import { permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

const query = z.object({
  text: z.string().max(1_000).optional(),
  domain: z.string().optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().max(64).optional(),
  check: z.string().max(64).optional(),
  sender: z.string().max(320).optional(),
  recipient: z.string().max(320).optional(),
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional(),
  ...after,
});

const pollMs = 20;
const waitMs = 2_000;

export const quarantine = router({
  search: permitted('read')
    .input(query)
    .query(async ({ ctx, input: { domain, after: position, ...filter } }) => {
      const { quarantine: index } = ctx.services;
      const stale = position !== undefined && !(await reached(() => index.checkpoint(), position));
      const view = domain === undefined ? undefined : await visibleDomain(ctx.scope, ctx.services, domain);
      const definite = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      const page = await index.search(ctx.scope, {
        ...definite,
        ...(view === undefined ? {} : { domainId: view.id }),
      });
      const items = page.items.map(({ mailId, ...hit }) => ({ id: mailId, ...hit }));
      return { items, next: page.next, ...(stale ? { stale: true as const } : {}) };
    }),
});

async function reached(checkpoint: () => Promise<string | undefined>, position: string): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const at = await checkpoint();
    if (at !== undefined && BigInt(at) >= BigInt(position)) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
