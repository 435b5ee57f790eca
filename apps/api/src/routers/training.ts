/** Procedures about teaching: what was taught, a mail of a domain, and tokens of files that the command line has read. */
import { z } from 'zod';
import { mailboxModelId, serviceModelId } from '@sluice/core/bayes/model-id.ts';
import { mailboxesOf, maxTaughtAtOnce, trainingLabels } from '@sluice/core/bayes/training.ts';
import { taughtFileId, trainMails, trainService } from '@sluice/core/use-cases/training.ts';
import { taughtLabels, taughtMails } from '@sluice/postgres';
import type { Caller } from '../access.ts';
import { after, fresh } from '../freshness.ts';
import type { Services } from '../services.ts';
import { maxDigest, teachMail } from '../teach.ts';
import { must, notFound, operatorProcedure, permitted, router } from '../trpc.ts';
import { versions } from './model-versions.ts';
import { visibleDomain } from './visible-domain.ts';

const label = z.enum(trainingLabels);
const mailbox = z.string().max(320).optional();
/** Mails of files: their digests, and the tokens that whoever has the files has made of them. */
const files = {
  as: label,
  tokenizer: z.int(),
  mails: z
    .array(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), tokens: z.base64().max(maxDigest) }))
    .max(maxTaughtAtOnce),
};
const serviceFiles = z.object(files);

export const training = router({
  /** Mails of each kind that the domain, or one mailbox of it, has taught. */
  show: permitted('read')
    .input(z.object({ domain: z.string(), mailbox, ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'training', input.after);
      const { id, details } = await visibleDomain(ctx.scope, ctx.services, input.domain);
      const modelId = modelOf({ id, name: details.name }, input.mailbox);
      return { id, ...(await taughtMails(ctx.scope, ctx.services.db, modelId)), ...freshness };
    }),

  /** The same of the base that the models of all domains stand over. */
  showService: operatorProcedure.input(z.object(after)).query(async ({ ctx, input }) => {
    const freshness = await fresh(ctx.services, 'training', input.after);
    return { ...(await taughtMails(ctx.scope, ctx.services.db, serviceModelId)), ...freshness };
  }),

  /** What judged the mail of a time. */
  versions,

  /** It counts for everybody whom the mail was sent to, or for the one `mailbox`. */
  mail: permitted('release')
    .input(z.object({ id: z.string(), as: label, mailbox }))
    .mutation(async ({ ctx, input: { id, as, mailbox: one } }) => ({
      ...must(await teachMail(ctx, id, { as, by: 'report' }, one === undefined ? {} : { mailboxes: [one] })),
      id,
      as,
    })),

  /** Each once, however often they are sent: those that were taught as the same before are left out. */
  files: permitted('change-settings')
    .input(z.object({ domain: z.string(), mailbox, ...files }))
    .mutation(async ({ ctx, input }) => {
      const { id, details, accountId } = await visibleDomain(ctx.scope, ctx.services, input.domain);
      const modelId = modelOf({ id, name: details.name }, input.mailbox);
      const fresher = await notTaughtYet(ctx, { ...input, modelId, book: id });
      const whose = input.mailbox === undefined ? {} : mailboxesOf([input.mailbox]);
      const said = fresher.map((mail) => ({ ...mail, ...whose }));
      const { position } = must(await trainMails(ctx.commands, { domainId: id, accountId }, said));
      return { id, position, taught: said.length, known: input.mails.length - said.length };
    }),

  serviceFiles: operatorProcedure.input(serviceFiles).mutation(async ({ ctx, input }) => {
    const modelId = serviceModelId;
    const said = await notTaughtYet(ctx, { ...input, modelId, book: modelId });
    const { id, position } = must(await trainService(ctx.commands, said));
    return { id, position, taught: said.length, known: input.mails.length - said.length };
  }),
});

/** NOT_FOUND for an address of another domain. */
function modelOf(
  { id, name }: { readonly id: string; readonly name: string },
  address: string | undefined,
): string {
  if (address === undefined) return id;
  if (!address.toLowerCase().endsWith(`@${name}`)) throw notFound('mailbox');
  return mailboxModelId(id, address);
}

interface Files extends z.infer<typeof serviceFiles> {
  /** Which has to know of it. */
  readonly modelId: string;
  /** What names the mails: the same file taught to a mailbox and to its domain is one mail. */
  readonly book: string;
}

async function notTaughtYet(
  { scope, services: { db } }: Pick<Caller, 'scope'> & { readonly services: Services },
  { mails, as, tokenizer, modelId, book }: Files,
) {
  const named = new Map(mails.map((mail) => [taughtFileId(book, mail.sha256), mail.tokens]));
  const labels = await taughtLabels(scope, db, { modelId, mailIds: [...named.keys()] });
  return [...named]
    .filter(([mailId]) => labels.get(mailId) !== as)
    .map(([mailId, tokens]) => ({ mailId, as, by: 'file' as const, tokenizer, tokens }));
}
