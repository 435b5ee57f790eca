/** Procedures about the log of decisions: verifying it part by part, and the signed daily roots. */
import { z } from 'zod';
import { readRoots } from '@sluice/core/audit/read-roots.ts';
import { rootDays } from '@sluice/core/audit/root-days.ts';
import { verifyDecisions } from '@sluice/core/use-cases/audit.ts';
import { must, permitted, router, signedInProcedure } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

const time = z.iso.datetime({ offset: true });

const maxRoots = 400;
const maxDays = 31;

/** As workers/src/root-publishers.ts names them. */
const publishers = ['webhook', 'mail'] as const;

export const decisions = router({
  /**
   * Judges the next recorded decisions again and follows the chains. Ask again with `next` as `cursor` until there is none;
   * `done` of `total` is the progress, and who asks no more has cancelled.
   */
  verify: permitted('read')
    .input(
      z.object({
        domain: z.string(),
        since: time.optional(),
        until: time.optional(),
        cursor: z.string().max(20_000).optional(),
        limit: z.int().min(1).max(20_000).optional(),
      }),
    )
    .query(async ({ ctx, input, signal }) => {
      const { domain, since, until, cursor, limit } = input;
      const { id } = await visibleDomain(ctx.scope, ctx.services, domain);
      return must(
        await verifyDecisions(ctx.services.commandPorts, {
          domainId: id,
          ...(since === undefined ? {} : { since }),
          ...(until === undefined ? {} : { until }),
          ...(cursor === undefined ? {} : { cursor }),
          ...(limit === undefined ? {} : { limit }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    }),

  /**
   * The signed daily roots, oldest first, as they are published, and the public key of this installation (undefined: it signs
   * none). Ask again with `next` until there is none.
   */
  roots: signedInProcedure
    .input(z.object({ from: z.int().nonnegative().default(0) }).default({ from: 0 }))
    .query(async ({ ctx, input: { from } }) => {
      const { store, signer } = ctx.services;
      const items = await Array.fromAsync(readRoots(store, { from, limit: maxRoots }));
      const next = items.length < maxRoots ? undefined : from + maxRoots;
      return { key: signer?.publicKey, items, next };
    }),

  /** The last signed days, the newest first: what each covers of the domain, and when its root was sent out. */
  days: permitted('read')
    .input(z.object({ domain: z.string(), limit: z.int().min(1).max(maxDays).default(maxDays) }))
    .query(async ({ ctx, input: { domain, limit } }) => {
      const { id: domainId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const { store, signer } = ctx.services;
      return { key: signer?.publicKey, items: await rootDays(store, { domainId, limit, publishers }) };
    }),
});
