/** Procedures for judging a mail elsewhere as an edge would: the policy of a domain, and what the taught models know of its words. */
import { z } from 'zod';
import { unpackTokens } from '@sluice/core/bayes/token-digest.ts';
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { effectivePolicy } from '@sluice/core/policy/effective.ts';
import { serviceListsAt } from '@sluice/core/use-cases/service-lists.ts';
import { countsOf } from '@sluice/postgres';
import { maxDigest } from '../teach.ts';
import { operatorProcedure, permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

export const dryRun = router({
  policy: permitted('read')
    .input(z.object({ domain: z.string() }))
    .query(async ({ ctx, input }) => {
      const { id, details, revision } = await visibleDomain(ctx.scope, ctx.services, input.domain);
      // Whom the operator has listed is for the operator.
      const lists = ctx.scope.kind === 'service' ? await serviceListsAt(ctx.commands) : undefined;
      return { id, policy: effectivePolicy(details, revision, lists) };
    }),

  /** Counts of the tokens, ascending, in one model; none where nothing was taught or the tokens are of another version. */
  counts: operatorProcedure
    .input(z.object({ modelId: z.uuid(), tokenizer: z.int(), tokens: z.base64().max(maxDigest) }))
    .query(async ({ ctx, input: { modelId, tokenizer, tokens } }) => {
      const asked = { modelId, tokens: unpackTokens(tokens) };
      const found =
        tokenizer === tokenizerVersion ? await countsOf(ctx.scope, ctx.services.db, asked) : undefined;
      return { counts: found };
    }),
});
