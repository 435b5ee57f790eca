/** Procedures about mails: the list, one mail explained, release. */
import { z } from 'zod';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import {
  explain,
  type Explanation,
  readDecision,
  type RecordedDecision,
  releaseMail,
} from '@sluice/core/use-cases/mails.ts';
import type { CommandContext } from '@sluice/core/use-cases/context.ts';
import { replyText, verdictSentence } from '@sluice/core/judge/explain.ts';
import { createMailLookup, listMails, type MailView, showMail, timelineOf } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import type { Services } from '../services.ts';
import { must, notFound, permitted, router } from '../trpc.ts';
import { content } from './mail-content.ts';
import { visibleDomain } from './visible-domain.ts';

const page = {
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
};

const verdicts = z.enum(['accept', 'tag', 'hold', 'reject', 'defer']);

const maxReleased = 1_000;

interface Caller {
  readonly scope: TenantScope;
  readonly services: Services;
  readonly commands: CommandContext;
}

/** The mail, if the caller may see it; NOT_FOUND otherwise. */
async function visiblePlace({ scope, services }: Caller, mailId: string) {
  const place = await createMailLookup(services.db).find(scope, mailId);
  if (place === undefined) throw notFound('mail');
  return place;
}

async function explained(ctx: Caller, mail: MailView) {
  const place = {
    mailId: mail.id,
    accountId: mail.accountId,
    domainId: mail.domainId,
    revision: mail.revision,
  };
  const explanation = must(await explain(ctx.commands, place));
  const { thresholds } = explanation.policy;
  const recipients = explanation.judgement.recipients.map((one) => ({
    ...one,
    sentence: verdictSentence(one, thresholds),
  }));
  return { ...describe(explanation, mail.id), thresholds, recipients };
}

function describe({ decision: { data, recorded }, agrees, ran, leftOut }: Explanation, mailId: string) {
  return {
    verdict: data.verdict,
    reason: data.reason,
    score: data.score,
    reply: replyText(data.reason, data.verdict, mailId),
    envelope: data.envelope,
    summary: data.summary,
    ran,
    leftOut,
    facts: data.facts,
    /** Whether judging the recorded facts again comes to the recorded verdict. */
    agrees,
    policyRevision: data.policyRevision,
    replicaAgeMs: data.replicaAgeMs,
    engine: data.engine,
    chain: data.chain,
    intake: recorded.metadata.intake,
  };
}

export const mails = router({
  content,

  list: permitted('read')
    .input(
      z.object({ domain: z.string().optional(), verdicts: z.array(verdicts).optional(), ...page, ...after }),
    )
    .query(async ({ ctx, input: { domain, after: position, ...filter } }) => {
      const freshness = await fresh(ctx.services, 'mails', position);
      const view = domain === undefined ? undefined : await visibleDomain(ctx.scope, ctx.services, domain);
      const query = { ...filter, ...(view === undefined ? {} : { domainId: view.id }) };
      return { ...(await listMails(ctx.scope, ctx.services.db, query as never)), ...freshness };
    }),

  show: permitted('read')
    .input(z.object({ id: z.string(), ...after }))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'mails', input.after);
      const mail = await showMail(ctx.scope, ctx.services.db, input.id);
      if (mail === undefined) throw notFound('mail');
      const timeline = await timelineOf(ctx.scope, ctx.services.db, {
        subject: 'mail',
        id: mail.id,
        limit: 200,
      });
      const { details } = await visibleDomain(ctx.scope, ctx.services, mail.domainId);
      const { body: _, ...row } = mail;
      return {
        ...row,
        domain: details.name,
        ...(await explained(ctx, mail)),
        timeline: timeline.items,
        ...freshness,
      };
    }),

  release: permitted('release')
    .input(z.object({ ids: z.array(z.string()).min(1).max(maxReleased), to: z.string().max(320).optional() }))
    .mutation(async ({ ctx, input }) => {
      const order = input.to === undefined ? {} : { to: input.to };
      const items: { id: string; position: string | undefined; released: boolean }[] = [];
      // All of them are found before the first is released: a wrong id among many changes nothing.
      const decisions: RecordedDecision[] = [];
      for (const id of new Set(input.ids)) {
        const place = await visiblePlace(ctx, id);
        decisions.push(must(await readDecision(ctx.commands.ports, place)));
      }
      for (const decision of decisions) {
        const { mailId: id } = decision.place;
        const { position } = must(await releaseMail(ctx.commands, decision, order));
        items.push({ id, position, released: position !== undefined });
      }
      return { items };
    }),
});
