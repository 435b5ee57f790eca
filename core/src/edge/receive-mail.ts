/** Decides on one message: facts, verdict, event; then the outbox, and only then the reply. */
import type { Envelope, Observations, Phase } from '../checks/check.ts';
import { ownNames } from '../checks/own-names.ts';
import { gatherPhase, type GatherRequest } from '../checks/gather.ts';
import type { EdgeView } from '../checks/edge-view.ts';
import { createObservations } from '../checks/observations.ts';
import { isKeptReason, readsContent } from '../checks/registry.ts';
import { checkBits, type ContentSummary, type MailJudgedData } from '../decision/mail-judged.ts';
import { engineVersion, judge, type MailFacts } from '../judge/judge.ts';
import type { Judgement, Verdict } from '../judge/verdict.ts';
import type { NewEvent } from '../kernel/event.ts';
import { eventId, sha256Hex } from '../kernel/hash.ts';
import { type Policy, thresholdsFor } from '../policy/policy.ts';
import type { OutboxMail } from '../ports/outbox.ts';
import type { SmtpHello, SmtpReply } from '../ports/smtp-session.ts';
import type { ReceiverContext } from './receive-context.ts';
import { verdictReply } from './reply.ts';
import { millisecondsBetween } from './receive-time.ts';
import { excerptCharacters, summarize, summarizePlain, summarizeUnreadable } from './summary.ts';
import { type TraceInput, traceHeaders } from './trace.ts';
import type { AddressedTransaction } from './transaction.ts';

export interface ReceivedMail {
  readonly transaction: AddressedTransaction;
  readonly hello: SmtpHello;
  readonly envelope: Envelope;
  /** Message data as received. */
  readonly raw: Uint8Array;
  /** Of the edge that is receiving it now. */
  readonly edge?: EdgeView | undefined;
  /** Called when the decision is only to be written down yet. */
  readonly decided?: (() => void) | undefined;
}

export interface Decided {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly reply: SmtpReply;
  /** Written down, with or without its body; of all others there is only a count. */
  readonly isKept: boolean;
}

/** What a decision takes from its own moment: who the mail is, when it came, and what is still to be gathered. */
export interface Occasion {
  readonly mailId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly phases: readonly Phase[];
  readonly mayRun?: NonNullable<GatherRequest['mayRun']>;
}

/** A mail that comes by SMTP, now: what needs no message was gathered at the first recipient. */
const comingNow = ({ ids, clock }: ReceiverContext['ports']): Occasion => ({
  mailId: ids.next(),
  receivedAt: clock.now(),
  phases: ['rcpt', 'data'],
});

/** Rejects where anything unexpected happens, the outbox included: then nothing may be promised. */
export async function decideMail(
  context: ReceiverContext,
  mail: ReceivedMail,
  occasion: Occasion = comingNow(context.ports),
): Promise<Decided> {
  const { options } = context;
  const { mailId } = occasion;
  const content = contentOf(context, mail);
  const facts = await gather(context, mail, { ...occasion, observed: content.observed });
  const judgement = judge(facts, mail.transaction.policy);
  const { verdict, reason } = judgement;
  // A mail of an archive was answered long ago: of that one everything is kept.
  const isRefusedAtOnce = verdict === 'reject' && !isKeptReason(reason);
  const isKept = verdict !== 'defer' && (!isRefusedAtOnce || mail.envelope.imported === true);
  if (isKept) {
    const summary = await content.summary();
    await keep(context, mail, { mailId, facts, judgement, summary });
  }
  const { name: domain } = mail.transaction.domain;
  options.onDecided?.({ mailId, domain, verdict, reason, size: mail.raw.length });
  return { verdict, reason, reply: verdictReply(verdict, reason, mailId), isKept };
}

/** The message as checks and the summary see it: read once, or not at all where nobody needs it. */
function contentOf({ ports, options }: ReceiverContext, { envelope, raw, transaction }: ReceivedMail) {
  const asked = createObservations({
    envelope,
    raw,
    ports,
    deadlines: options.observationDeadlines,
    textLimit: excerptCharacters,
    content: readsContent(transaction.policy),
    domainId: transaction.domain.domainId,
  });
  let wasRead = false;
  const message: Observations['message'] = () => {
    wasRead = true;
    return asked.message();
  };
  return {
    // SPF was asked at the first recipient.
    observed: { ...asked, message, spf: transaction.early.observed.spf },
    async summary(): Promise<ContentSummary> {
      const plain = wasRead ? undefined : summarizePlain(asked.header(), raw);
      if (plain !== undefined) return plain;
      try {
        return summarize(await message());
      } catch {
        return summarizeUnreadable(asked.header());
      }
    },
  };
}

async function gather(
  { ports, options }: ReceiverContext,
  { transaction, envelope, edge }: ReceivedMail,
  { receivedAt, observed, phases, mayRun }: Occasion & { readonly observed: Observations },
): Promise<MailFacts> {
  const gathered = await gatherPhase({
    phases,
    ...(mayRun === undefined ? {} : { mayRun }),
    policy: transaction.policy,
    envelope,
    receivedAt,
    observed,
    resolver: ports.resolver,
    own: ownNames(options.hostname, ports.replica),
    deadline: ports.deadline,
    deadlines: options.gatherDeadlines,
    edge,
    earlier: await transaction.early.facts,
  });
  return { envelope, receivedAt, ...gathered };
}

interface Decision {
  readonly mailId: string;
  readonly facts: MailFacts;
  readonly judgement: Judgement;
  readonly summary: ContentSummary;
}

/** On disk when it resolves: the raw mail and the event. */
async function keep(context: ReceiverContext, mail: ReceivedMail, decision: Decision): Promise<void> {
  const { ports, options } = context;
  const { transaction, hello, envelope, raw } = mail;
  const { mailId, facts, judgement } = decision;
  const { receivedAt } = facts;
  const deliverTo = recipientsWith(judgement, ['accept', 'tag']);
  const archive = recipientsWith(judgement, ['hold', 'reject']).length > 0;
  const { sender, domain } = transaction;
  const traced = {
    hostname: options.hostname,
    mailId,
    receivedAt,
    envelope,
    hello,
    smtpUtf8: sender.smtpUtf8,
    facts: facts.facts,
  };
  const told = toldOf(judgement, transaction);
  const item: OutboxMail = {
    mailId,
    domainId: domain.domainId,
    receivedAt,
    sender: sender.address,
    smtpUtf8: sender.smtpUtf8,
    decision: await decisionEvent(context, mail, { ...decision, archive }),
    raw,
    trace: told === undefined ? '' : traceHeaders({ ...traced, told }),
    deliverTo,
    archive,
  };
  const written = ports.outbox.put(item);
  mail.decided?.();
  await written;
}

const recipientsWith = ({ recipients }: Judgement, verdicts: readonly Verdict[]): readonly string[] =>
  recipients.filter(({ verdict }) => verdicts.includes(verdict)).map(({ recipient }) => recipient);

/** One header for all who get it: a mark for one of them is a mark. Undefined where nobody gets it. */
function toldOf(
  { recipients }: Judgement,
  { domain, policy }: AddressedTransaction,
): TraceInput['told'] | undefined {
  const [first, ...others] = recipients.filter(({ verdict }) => verdict === 'accept' || verdict === 'tag');
  if (first === undefined) return undefined;
  const judgement = [first, ...others].find(({ verdict }) => verdict === 'tag') ?? first;
  const thresholds = thresholdsFor(policy, judgement.recipient);
  return { judgement, thresholds, inFull: domain.verdictHeader !== false };
}

async function decisionEvent(
  { ports, options, codec }: ReceiverContext,
  { transaction, envelope, raw }: ReceivedMail,
  { mailId, facts, judgement, summary, archive }: Decision & { readonly archive: boolean },
): Promise<NewEvent> {
  const { domain } = transaction;
  // The link of the chain is added in the transaction of the outbox.
  const data: Omit<MailJudgedData, 'chain'> = {
    mailId,
    verdict: judgement.verdict,
    reason: judgement.reason,
    score: judgement.score,
    policyRevision: domain.policy.revision,
    ...serviceRevisionOf(domain.policy),
    replicaAgeMs: ageMs(ports.replica.confirmedAt(), facts.receivedAt),
    engine: engineVersion,
    ran: checkBits(facts.ran),
    failed: checkBits(failedChecks(judgement)),
    size: raw.length,
    sha256: sha256Hex(raw),
    kept: archive,
    outcomes: judgement.recipients.map(({ verdict, reason }) => ({ verdict, reason })),
    envelope,
    facts: facts.facts,
    summary,
  };
  const encoded = await codec.encode(
    { type: 'MailJudged', data: data as MailJudgedData },
    {
      id: eventId(mailId, 'judged', 1),
      keyId: domain.dataKey.keyId,
      metadata: {
        actor: { kind: 'edge', id: options.edge },
        at: facts.receivedAt,
        correlationId: mailId,
        accountId: domain.accountId,
        domainId: domain.domainId,
        edge: options.edge,
      },
    },
  );
  if (!encoded.ok) throw new DecisionNotSealed(encoded.error.code);
  return encoded.value;
}

/** Of a domain that the operator's lists decide about. */
const serviceRevisionOf = ({ serviceRevision }: Policy): Pick<MailJudgedData, 'serviceRevision'> =>
  serviceRevision === undefined ? {} : { serviceRevision };

/** The personal part of a decision could not be encrypted, so it is not kept. */
class DecisionNotSealed extends Error {
  override readonly name = 'DecisionNotSealed';
  constructor(code: string) {
    super(`The decision could not be sealed: ${code}.`);
  }
}

const failedChecks = ({ recipients }: Judgement): ReadonlySet<string> =>
  new Set(
    recipients.flatMap(({ findings }) =>
      findings.filter(({ result }) => result === 'fail').map(({ check }) => check),
    ),
  );

function ageMs(confirmedAt: string | undefined, now: string): number {
  if (confirmedAt === undefined) return 0;
  return Math.max(0, millisecondsBetween(confirmedAt, now));
}
