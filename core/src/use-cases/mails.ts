/** Commands and questions about one mail: its decision explained, its release, and reports of its delivery. */
import {
  checkNames,
  decisionFormats,
  decisionsStream,
  type MailJudged,
  type MailJudgedData,
  missingChecks,
  quarantinedFor,
} from '../decision/mail-judged.ts';
import { checkNamed } from '../checks/registry.ts';
import { domainKeyId } from '../domain/domain.ts';
import { judge, type MailFacts } from '../judge/judge.ts';
import type { Judgement } from '../judge/verdict.ts';
import type { BodyLocation, RecordedEvent } from '../kernel/event.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import { handleCommand, type HandlingRefusal, loadState } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { type DeliveryReport, type MailCommand, mailStream } from '../mail/mail.ts';
import type { MailRefusal } from '../mail/mail.decider.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { Policy } from '../policy/policy.ts';
import type { DecisionPlace } from '../ports/mail-lookup.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Vault } from '../ports/vault.ts';
import { type CommandContext, type Done, done } from './context.ts';
import { domainAt } from './domains.ts';
import { mayRelease, type ReleaseRefusal } from './release-permission.ts';
import { serviceListsAt } from './service-lists.ts';

/** A decision as it was recorded, in the open. */
export interface RecordedDecision {
  readonly place: DecisionPlace;
  readonly data: MailJudgedData;
  readonly recorded: RecordedEvent;
  /** Where the raw mail lies, if it was kept. */
  readonly body: BodyLocation | undefined;
}

export type DecisionRefusal = Refusal<'no-mail' | 'erased' | 'damaged'>;

export async function readDecision(
  { store, vault }: { readonly store: EventStore; readonly vault: Vault },
  place: DecisionPlace,
): Promise<Result<RecordedDecision, DecisionRefusal>> {
  const codec = createEventCodec<MailJudged>(decisionFormats, vault);
  let found: Result<RecordedDecision, DecisionRefusal> = refuse('no-mail', 'There is no such mail.');
  const options = { from: place.revision, limit: 1 };
  for await (const recorded of store.readStream(decisionsStream(place.domainId), options)) {
    const decoded = await codec.decode(recorded);
    if (decoded.ok && decoded.value.data.mailId === place.mailId) {
      found = ok({ place, data: decoded.value.data, recorded, body: recorded.metadata.intake?.body });
    } else {
      found =
        !decoded.ok && decoded.error.code === 'erased'
          ? refuse('erased', 'What was personal about this mail has been erased.')
          : refuse('damaged', 'The decision of this mail cannot be read.');
    }
  }
  return found;
}

export interface Explanation {
  readonly decision: RecordedDecision;
  /** Judged again under the policy of its time. */
  readonly judgement: Judgement;
  /** Whether judging again came to what was recorded. */
  readonly agrees: boolean;
  /** What was judged. */
  readonly mail: MailFacts;
  readonly ran: readonly string[];
  /** Checks that took part then and are not installed here; without them judging again can come to something else. */
  readonly notInstalled: readonly string[];
  /** Enabled checks that were left out, because nothing they could have found would have changed the verdict. */
  readonly leftOut: readonly string[];
  readonly policy: Policy;
}

/** Why a mail was judged as it was: its recorded facts under the policy of its time. */
export async function explain(
  context: CommandContext,
  place: DecisionPlace,
): Promise<Result<Explanation, DecisionRefusal | HandlingRefusal | Refusal<'no-domain'>>> {
  const decision = await readDecision(context.ports, place);
  if (!decision.ok) return decision;
  const { data } = decision.value;
  const domain = await domainAt(context, place.domainId, data.policyRevision);
  if (!domain.ok) return domain;
  const ran = checkNames(data.ran);
  const { serviceRevision } = data;
  const service = serviceRevision === undefined ? undefined : await serviceListsAt(context, serviceRevision);
  const policy = effectivePolicy(domain.value.details, data.policyRevision, service);
  const receivedAt = decision.value.recorded.metadata.at;
  const mail = { envelope: data.envelope, receivedAt, ran, facts: data.facts };
  const judgement = judge(mail, policy);
  const agrees = judgement.verdict === data.verdict && judgement.reason === data.reason;
  const leftOut = enabledChecks(policy).filter((name) => !ran.includes(name));
  const notInstalled = missingChecks(data);
  return ok({ decision: decision.value, judgement, agrees, mail, ran, notInstalled, leftOut, policy });
}

/** Without those that act at once: a recipient that they speak against is not in the mail. */
const enabledChecks = ({ checks }: Policy): readonly string[] =>
  Object.keys(checks).filter((name) => checks[name]?.mode !== 'off' && checkNamed(name)?.immediate !== true);

type MailResult = Result<Done, MailRefusal | HandlingRefusal>;

export interface ReleaseOrder {
  /** Deliver to this address instead. */
  readonly to?: string;
  /** Only those of them for whom it is in the quarantine. */
  readonly recipients?: readonly string[];
  /** Of a larger order: its own id makes the same release of it, `causationId` names it. */
  readonly part?: { readonly releaseId: string; readonly causationId: string };
}

/**
 * Orders the delivery of a quarantined mail. Recipients who have it, or are owed it, are not ordered for again. Every release
 * goes through here, so that none gets past what the domain says of mails with a virus.
 */
export async function releaseMail(
  context: CommandContext,
  decision: RecordedDecision,
  { to, recipients: only, part }: ReleaseOrder,
): Promise<Result<Done, MailRefusal | ReleaseRefusal | HandlingRefusal | Refusal<'no-domain'>>> {
  const { domainId } = decision.place;
  const permission = await mayRelease(context, { domainId, data: decision.data });
  if (!permission.ok) return permission;
  const bounces = await bouncesOf(context, decision);
  if (!bounces.ok) return bounces;
  const { recipients, body } = bounces.value;
  const isKept = (decision.body ?? body) !== undefined;
  const quarantined = isKept ? new Set([...quarantinedFor(decision.data), ...recipients]) : [];
  const data = {
    releaseId: part?.releaseId ?? context.ports.ids.next(),
    quarantinedFor: [...quarantined].filter((one) => only === undefined || only.includes(one)),
    ...(to === undefined ? {} : { to }),
  };
  const causation = part === undefined ? {} : { id: part.releaseId, causationId: part.causationId };
  const metadata = { ...context.metadata(), ...causation };
  return handleMail(context, decision.place, { type: 'ReleaseMail', data, metadata });
}

/** Where the raw mail lies: with its decision, or with the bounce that brought it to the archive later. */
export async function bodyOf(
  context: CommandContext,
  decision: RecordedDecision,
): Promise<BodyLocation | undefined> {
  if (decision.body !== undefined) return decision.body;
  for await (const bounce of edgeEvents(context, decision)) {
    const { body } = bounce.metadata.intake ?? {};
    if (body !== undefined) return body;
  }
  return undefined;
}

/** Recipients whom the edge could not deliver to: the mail is kept for them, and its body came with the bounce. */
async function bouncesOf(
  context: CommandContext,
  decision: RecordedDecision,
): Promise<
  Result<{ readonly recipients: readonly string[]; readonly body: BodyLocation | undefined }, HandlingRefusal>
> {
  const recipients: string[] = [];
  let body: BodyLocation | undefined;
  for await (const recorded of edgeEvents(context, decision)) {
    body ??= recorded.metadata.intake?.body;
    const decoded = await context.aggregates.mail.codec.decode(recorded);
    if (!decoded.ok) return refuse('erased', 'What was personal about this mail has been erased.');
    if (decoded.value.type === 'MailBounced') recipients.push(...decoded.value.data.recipients);
  }
  return ok({ recipients, body });
}

/** What the edge that decided a mail has said of it since. Any edge can report; only that one had the mail. */
async function* edgeEvents(
  { aggregates }: CommandContext,
  { place, recorded: { metadata } }: RecordedDecision,
): AsyncGenerator<RecordedEvent> {
  for await (const recorded of aggregates.mail.store.readStream(mailStream(place.mailId))) {
    const { actor } = recorded.metadata;
    if (actor.kind === 'edge' && actor.id === metadata.actor.id) yield recorded;
  }
}

export async function recordView(
  context: CommandContext,
  place: DecisionPlace,
  what: 'raw' | 'content',
): Promise<MailResult> {
  return handleMail(context, place, { type: 'ViewMail', data: { what }, metadata: context.metadata() });
}

/** Records what a route said to a released mail. `id` makes the report of one attempt one event. */
export async function reportDelivery(
  context: CommandContext,
  place: DecisionPlace,
  {
    id,
    ...report
  }: DeliveryReport & { readonly outcome: 'delivered' | 'deferred' | 'bounced'; readonly id: string },
): Promise<MailResult> {
  const metadata = { ...context.metadata(), id };
  return handleMail(context, place, { type: 'ReportDelivery', data: report, metadata });
}

/** Whether a release still owes the mail to a recipient. */
export async function isOwed(
  context: CommandContext,
  {
    mailId,
    releaseId,
    recipient,
  }: { readonly mailId: string; readonly releaseId: string; readonly recipient: string },
): Promise<Result<boolean, HandlingRefusal>> {
  const loaded = await loadState(context.aggregates.mail, mailStream(mailId));
  if (!loaded.ok) return loaded;
  return ok(
    loaded.value.state.owed.some(
      (one) => one.releaseId === releaseId && one.recipient === recipient && one.status === 'owed',
    ),
  );
}

async function handleMail(
  context: CommandContext,
  place: DecisionPlace,
  command: MailCommand,
): Promise<MailResult> {
  const { mailId, domainId, accountId } = place;
  const target = { stream: mailStream(mailId), keyId: domainKeyId(domainId), domainId, accountId };
  const handled = await handleCommand(context.aggregates.mail, target, command);
  return handled.ok ? ok(done(mailId, handled.value.position)) : handled;
}
