/** Redelivery of a released mail to one recipient: at least once from the queue, reported once in the events. */
import { readMail } from '../archive/read-pack.ts';
import { cutForged } from '../edge/trace.ts';
import { eventId } from '../kernel/hash.ts';
import { operatorScope } from '../kernel/tenant-scope.ts';
import type { Delivery, RecipientOutcome } from '../ports/delivery.ts';
import type { DecisionPlace, MailLookup } from '../ports/mail-lookup.ts';
import type { PackStore } from '../ports/pack-store.ts';
import type { JobAttempt, JobOutcome, RetryPolicy } from '../ports/queue.ts';
import type { CommandContext } from './context.ts';
import { domainAt } from './domains.ts';
import { bodyOf, isOwed, readDecision, type RecordedDecision, reportDelivery } from './mails.ts';

export interface RedeliveryPorts {
  readonly context: CommandContext;
  readonly lookup: MailLookup;
  readonly packs: PackStore;
  readonly delivery: Delivery;
  /** Our name in HELO, trace headers and as authserv-id. */
  readonly hostname: string;
  /** Called for a delivery that no event can settle any more, because the key of its domain is destroyed. */
  readonly forget: (payload: Attempt['payload']) => Promise<void>;
}

/** Twelve attempts over about two days; then the mail goes back to the quarantine. */
export const redeliveryRetry: RetryPolicy = { attempts: 12, backoffMs: 30_000, maxBackoffMs: 6 * 3_600_000 };

const deliveryDeadlineMs = 120_000;

type Attempt = JobAttempt<'redelivery'>;

/** Id of the job for one recipient of one release: adding it again is harmless. */
export const redeliveryJobId = (job: Attempt['payload']): string =>
  eventId('redelivery', job.mailId, job.releaseId, job.recipient);

const retry = (message: string): JobOutcome => ({ outcome: 'retry', message });
const done: JobOutcome = { outcome: 'done' };

export function createRedelivery(ports: RedeliveryPorts): (attempt: Attempt) => Promise<JobOutcome> {
  return async (attempt) => {
    const { payload } = attempt;
    const owed = await isOwed(ports.context, payload);
    if (!owed.ok) return owed.error.code === 'erased' ? erased(ports, attempt) : retry(owed.error.message);
    if (!owed.value) return done;
    const place = await ports.lookup.find(operatorScope(), payload.mailId);
    if (place === undefined) return retry('The decision of this mail is not in the read model yet.');
    const outcome = await attemptDelivery(ports, attempt, place);
    return outcome.kind === 'unknown'
      ? outcome.job
      : report(ports, attempt, { place, outcome: outcome.said });
  };
}

async function erased({ forget }: RedeliveryPorts, { payload }: Attempt): Promise<JobOutcome> {
  await forget(payload);
  return {
    outcome: 'failed',
    message: 'What was personal about this mail has been erased; it cannot be delivered.',
  };
}

type Attempted =
  | { readonly kind: 'said'; readonly said: RecipientOutcome }
  /** Nobody was asked: nothing to report of the route. */
  | { readonly kind: 'unknown'; readonly job: JobOutcome };

async function attemptDelivery(
  ports: RedeliveryPorts,
  { payload, signal }: Attempt,
  place: DecisionPlace,
): Promise<Attempted> {
  const unknown = (message: string): Attempted => ({ kind: 'unknown', job: retry(message) });
  const decision = await readDecision(ports.context.ports, place);
  if (!decision.ok) return unknown(decision.error.message);
  const domain = await domainAt(ports.context, place.domainId);
  if (!domain.ok) return unknown(domain.error.message);
  const raw = await readBody(ports, decision.value);
  if (typeof raw === 'string') return unknown(raw);
  // The last moment to let it be: from here on the route may take the mail.
  if (signal.aborted) return unknown('The worker stops, or has lost this job to another.');
  const { hostname } = ports;
  const outcomes = await ports.delivery.deliver({
    hosts: domain.value.details.route,
    mayBePrivate: domain.value.details.routeTrusted === true,
    helo: hostname,
    sender: decision.value.data.envelope.sender,
    recipients: [payload.recipient],
    prepend: traceOf(decision.value, payload.releaseId, ports),
    raw: cutForged(raw, hostname),
    smtpUtf8: needsSmtpUtf8(decision.value.data.envelope.sender, payload.recipient),
    deadlineMs: deliveryDeadlineMs,
  });
  const [said] = outcomes;
  return said === undefined ? unknown('The route gave no answer.') : { kind: 'said', said };
}

async function readBody(ports: RedeliveryPorts, decision: RecordedDecision): Promise<Uint8Array | string> {
  const location = await bodyOf(ports.context, decision);
  if (location === undefined) return 'The raw mail is not in the archive yet.';
  const raw = await readMail(ports.packs, location);
  return raw.ok ? raw.value : `The raw mail is ${raw.error} in the archive (pack ${location.pack}).`;
}

/** RFC 6531 §3.4: addresses outside of ASCII need the extension. */
const needsSmtpUtf8 = (...addresses: readonly string[]): boolean =>
  addresses.some((address) => /[^\p{ASCII}]/u.test(address));

/** Where the mail has been, for whoever reads its headers (RFC 5321 §4.4). */
function traceOf({ data, recorded }: RecordedDecision, releaseId: string, ports: RedeliveryPorts): string {
  const at = ports.context.ports.clock.now();
  return (
    `X-Sluice-Released: ${releaseId}; mail ${data.mailId}; at ${at}\r\n` +
    `X-Sluice-Received: from [${data.envelope.ip}] by ${recorded.metadata.edge ?? ports.hostname}; at ${recorded.metadata.at}\r\n`
  );
}

async function report(
  { context }: RedeliveryPorts,
  { payload, attempt, isLast }: Attempt,
  { place, outcome }: { readonly place: DecisionPlace; readonly outcome: RecipientOutcome },
): Promise<JobOutcome> {
  const { recipient, releaseId } = payload;
  const kind = outcome.outcome === 'deferred' && !isLast ? 'deferred' : settledKind(outcome);
  const reported = await reportForSure(context, place, {
    id: eventId(
      'redelivery-report',
      place.mailId,
      releaseId,
      recipient,
      kind,
      kind === 'deferred' ? attempt : 0,
    ),
    outcome: kind,
    recipients: [recipient],
    host: outcome.host,
    code: outcome.code,
    response: outcome.response,
    attempt,
    releaseId,
  });
  // Delivered but not recorded: SMTP has no way to ask the route whether it has the mail, so it may get it a second time,
  // which is the lesser evil to a release that nobody knows the end of. The same holds for a process that dies in between.
  if (!reported.ok) return retry(`The outcome could not be recorded: ${reported.error.message}`);
  if (kind === 'delivered') return done;
  return kind === 'deferred' ? retry(outcome.response) : { outcome: 'failed', message: outcome.response };
}

/** Each round one of those who append at once gets through: as many as there may be recipients at work at the same time. */
const maxRounds = 20;

/** The recipients of one release are delivered to at once, and all their outcomes go to the stream of the one mail. */
async function reportForSure(
  ...report: Parameters<typeof reportDelivery>
): ReturnType<typeof reportDelivery> {
  let reported = await reportDelivery(...report);
  for (let round = 1; round < maxRounds && isConflict(reported); round += 1) {
    reported = await reportDelivery(...report);
  }
  return reported;
}

const isConflict = (reported: Awaited<ReturnType<typeof reportDelivery>>): boolean =>
  !reported.ok && reported.error.code === 'conflict';

const settledKind = (outcome: RecipientOutcome): 'delivered' | 'bounced' =>
  outcome.outcome === 'delivered' ? 'delivered' : 'bounced';
