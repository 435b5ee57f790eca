/** One mail as callers see it: its row, its decision explained in words, what became of it, and what happened to it. */
import { quarantinedFor } from '@sluice/core/decision/mail-judged.ts';
import { mailSentence, replyText } from '@sluice/core/judge/explain.ts';
import { explainRecipients } from '@sluice/core/judge/explanation.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { CommandContext } from '@sluice/core/use-cases/context.ts';
import { explain, type Explanation } from '@sluice/core/use-cases/mails.ts';
import { mayRelease } from '@sluice/core/use-cases/release-permission.ts';
import { type MailView, timelineOf } from '@sluice/postgres';
import { type Caller, quoting } from '../access.ts';
import type { Services } from '../services.ts';
import { must } from '../trpc.ts';
import { withActorNames } from './actors.ts';
import { describeDelivery } from './delivery-view.ts';
import { visibleDomain } from './visible-domain.ts';

interface Viewer {
  readonly caller: Caller;
  readonly scope: TenantScope;
  readonly services: Services;
  readonly commands: CommandContext;
}

const timelineLimit = 200;

export async function viewMail(ctx: Viewer, mail: MailView) {
  const { id, accountId, domainId, revision } = mail;
  const explanation = must(await explain(ctx.commands, { mailId: id, accountId, domainId, revision }));
  const query = { subject: 'mail' as const, id, limit: timelineLimit };
  const timeline = await timelineOf(ctx.scope, ctx.services.db, query);
  const { details } = await visibleDomain(ctx.scope, ctx.services, domainId);
  const { body: _, deliveries, ...row } = mail;
  return {
    ...row,
    domain: details.name,
    domainName: details.name,
    ...describe(explanation, id),
    summary: quoting(ctx.caller, explanation.decision.data.summary),
    ...inWords(explanation),
    deliveries: deliveries.map(describeDelivery),
    canRelease: canRelease(mail, explanation),
    withheld: await whyWithheld(ctx, explanation),
    timeline: await withActorNames(ctx, timeline.items),
  };
}

function describe(
  { decision: { data, recorded }, agrees, ran, notInstalled, leftOut }: Explanation,
  mailId: string,
) {
  return {
    verdict: data.verdict,
    reason: data.reason,
    score: data.score,
    reply: replyText(data.reason, data.verdict, mailId),
    envelope: data.envelope,
    ran,
    notInstalled,
    leftOut,
    facts: data.facts,
    /** Whether judging the recorded facts again comes to the recorded verdict. */
    agrees,
    policyRevision: data.policyRevision,
    /** Of the operator's lists; undefined: there were none. */
    serviceRevision: data.serviceRevision,
    replicaAgeMs: data.replicaAgeMs,
    engine: data.engine,
    chain: data.chain,
    intake: recorded.metadata.intake,
  };
}

const inWords = ({ decision: { data }, mail, judgement, policy }: Explanation) => ({
  thresholds: policy.thresholds,
  sentence: mailSentence(data, judgement, policy),
  recipients: explainRecipients(mail, policy, judgement),
});

/** Why who asks may not release it, whatever their role allows: a sentence; undefined: nothing speaks against it. */
async function whyWithheld({ commands }: Viewer, { decision }: Explanation): Promise<string | undefined> {
  const { domainId } = decision.place;
  const permission = await mayRelease(commands, { domainId, data: decision.data });
  if (!permission.ok && permission.error.code === 'virus-release') return permission.error.message;
  must(permission);
  return undefined;
}

/** There is a copy, and somebody whom it was kept from: by the decision, or because the route would not take it. */
function canRelease({ kept, expiredAt, deliveries }: MailView, { decision }: Explanation): boolean {
  if (!kept || expiredAt !== undefined) return false;
  return quarantinedFor(decision.data).length > 0 || deliveries.some(({ status }) => status === 'bounced');
}
