/** Procedures about teaching: what a domain has taught, a mail of it, and tokens of files that the command line has read. */
import { z } from 'zod';
import { maxTaughtAtOnce, trainingLabels } from '@sluice/core/bayes/training.ts';
import { taughtFileId, trainMails } from '@sluice/core/use-cases/training.ts';
import { taughtLabels, taughtMails } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import { teachMail } from '../teach.ts';
import { must, permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

const label = z.enum(trainingLabels);
/** Characters of one digest: more than any mail's tokens come to. */
const maxDigest = 60_000;

export const training = router({
  /** Mails of each kind that the domain has taught. */
  show: permitted('read')
    .input(z.object({ domain: z.string(), ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'training', input.after);
      const { id } = await visibleDomain(ctx.scope, ctx.services, input.domain);
      return { id, ...(await taughtMails(ctx.scope, ctx.services.db, id)), ...freshness };
    }),

  mail: permitted('release')
    .input(z.object({ id: z.string(), as: label }))
    .mutation(async ({ ctx, input: { id, as } }) => ({
      ...must(await teachMail(ctx, id, { as, by: 'report' })),
      id,
      as,
    })),

  /** Each once, however often they are sent: those that were taught as the same before are left out. */
  files: permitted('change-settings')
    .input(
      z.object({
        domain: z.string(),
        as: label,
        tokenizer: z.int(),
        mails: z
          .array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), tokens: z.base64().max(maxDigest) }))
          .max(maxTaughtAtOnce),
      }),
    )
    .mutation(async ({ ctx, input: { domain, as, tokenizer, mails } }) => {
      const { id: domainId, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
      const named = new Map(mails.map((mail) => [taughtFileId(domainId, mail.sha256), mail.tokens]));
      const labels = await taughtLabels(ctx.scope, ctx.services.db, { domainId, mailIds: [...named.keys()] });
      const fresher = [...named].filter(([mailId]) => labels.get(mailId) !== as);
      const said = fresher.map(([mailId, tokens]) => ({
        mailId,
        as,
        by: 'file' as const,
        tokenizer,
        tokens,
      }));
      const { position } = must(await trainMails(ctx.commands, { domainId, accountId }, said));
      return { id: domainId, position, taught: said.length, known: mails.length - said.length };
    }),
});
