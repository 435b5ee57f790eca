/** Carries an order out that undoes an incident: a few releases at a time, so many a minute and no more. */
import { domainKeyId } from '../domain/domain.ts';
import { eventId } from '../kernel/hash.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import { loadState } from '../kernel/handle-command.ts';
import { mailStream } from '../mail/mail.ts';
import { operatorScope } from '../kernel/tenant-scope.ts';
import type { MailLookup } from '../ports/mail-lookup.ts';
import type { JobAttempt, JobOutcome, Queues, RetryPolicy } from '../ports/queue.ts';
import type { OpenUndoOrder, UndoOrders } from '../ports/undo-orders.ts';
import type { UndoneMail } from '../replay/undo.ts';
import { undoFormats, type UndoEvent, type UndoOutcome, undoStream } from '../undo/undo-stream.ts';
import { type CommandContext, type CommandPorts, createCommandContext } from './context.ts';
import { readDecision, type RecordedDecision, releaseMail } from './mails.ts';

export interface UndoPorts {
  readonly ports: CommandPorts;
  readonly lookup: MailLookup;
  readonly orders: UndoOrders;
  readonly queues: Pick<Queues, 'add'>;
}

/** Weeks of a store that is away; what is given up all the same is queued again when a worker starts. */
export const undoRetry: RetryPolicy = { attempts: 10_000, backoffMs: 1_000, maxBackoffMs: 300_000 };

/** Ids of jobs: one for each place where a turn can begin, so that two that follow the same order meet again. */
export const undoJobId = (undoId: string, next: number): string => `${undoId}/${next}`;

/** Releases of one turn, and how long the next one waits, in ms. At 60 a minute or fewer: one by one. */
export function turnOf(rate: number): { readonly releases: number; readonly pauseMs: number } {
  const releases = Math.max(1, Math.floor(rate / 60));
  return { releases, pauseMs: (releases * 60_000) / rate };
}

/** So often a read model that does not know a mail is asked again: about an hour. What was erased never comes. */
const patientAttempts = 20;

/** Mails that one turn goes through at most: those that need no release cost no pause. */
const maxPerTurn = 500;

export function createUndoing(ports: UndoPorts): (attempt: JobAttempt<'undo'>) => Promise<JobOutcome> {
  return async (attempt) => {
    const { undoId } = attempt.payload;
    const order = await ports.orders.open(undoId);
    if (order === undefined) return { outcome: 'done' };
    const turn = await takeTurn(ports, order, attempt);
    if (!turn.ok) return { outcome: 'retry', message: turn.message };
    const { next } = turn;
    if (next >= order.mails) return finish(ports, order);
    const delayMs = turn.released === 0 ? 0 : turnOf(order.rate).pauseMs;
    await ports.queues.add('undo', undoJobId(undoId, next), { undoId }, { delayMs });
    return { outcome: 'done' };
  };
}

type Turn =
  | { readonly ok: true; readonly next: number; readonly released: number }
  | { readonly ok: false; readonly message: string };

async function takeTurn(
  ports: UndoPorts,
  order: OpenUndoOrder,
  { attempt, signal }: JobAttempt<'undo'>,
): Promise<Turn> {
  const { undoId } = order;
  const { releases } = turnOf(order.rate);
  const context = createCommandContext(ports.ports, order.orderedBy, undoId);
  let { next } = order;
  let released = 0;
  for (const mail of await ports.orders.mails(undoId, next, maxPerTurn)) {
    if (released >= releases || signal.aborted) break;
    const outcome = await releaseOne(ports, { context, order, attempt }, mail);
    if (typeof outcome !== 'string') return { ok: false, message: outcome.message };
    await ports.orders.note(undoId, mail.place, outcome);
    if (outcome === 'released') released += 1;
    next = mail.place + 1;
  }
  if (signal.aborted && next < order.mails) return { ok: false, message: 'The worker stops.' };
  return { ok: true, next, released };
}

interface Turned {
  readonly context: CommandContext;
  readonly order: OpenUndoOrder;
  readonly attempt: number;
}

type Released = UndoOutcome | { readonly message: string };

async function releaseOne(ports: UndoPorts, turn: Turned, mail: UndoneMail): Promise<Released> {
  const place = await ports.lookup.find(operatorScope(), mail.mailId);
  if (place === undefined) {
    const message = 'A mail of this order is not in the read model yet.';
    return turn.attempt < patientAttempts ? { message } : 'gone';
  }
  if (place.domainId !== turn.order.domainId) return 'gone';
  const decision = await readDecision(ports.ports, place);
  return decision.ok ? releaseDecided(turn, decision.value, mail) : 'gone';
}

/** Once however often it is tried: the release has an id of the order and the mail. */
async function releaseDecided(
  { context, order: { undoId } }: Turned,
  decision: RecordedDecision,
  { mailId, recipients: places }: UndoneMail,
): Promise<Released> {
  const all = decision.data.envelope.recipients;
  const recipients = places?.flatMap((index) => all[index] ?? []);
  const releaseId = eventId('undo', undoId, mailId);
  const released = await releaseMail(context, decision, {
    part: { releaseId, causationId: undoId },
    ...(recipients === undefined ? {} : { recipients }),
  });
  if (!released.ok) {
    const { code, message } = released.error;
    if (code === 'virus-release') return 'withheld';
    return code === 'unavailable' || code === 'conflict' ? { message } : 'gone';
  }
  if (released.value.position !== undefined) return 'released';
  // Nothing to do: it was released before, perhaps by this order in an attempt that ended before it was noted.
  const mail = await loadState(context.aggregates.mail, mailStream(mailId));
  return mail.ok && mail.value.state.owed.some((one) => one.releaseId === releaseId) ? 'released' : 'already';
}

async function finish({ ports, orders }: UndoPorts, order: OpenUndoOrder): Promise<JobOutcome> {
  const { undoId, domainId, accountId } = order;
  const event: UndoEvent = { type: 'UndoFinished', data: { outcomes: await orders.outcomes(undoId) } };
  const encoded = await createEventCodec<UndoEvent>(undoFormats, ports.vault).encode(event, {
    id: eventId('undo-finished', undoId),
    keyId: domainKeyId(domainId),
    metadata: {
      actor: { kind: 'system', id: 'workers' },
      at: ports.clock.now(),
      correlationId: undoId,
      accountId,
      domainId,
    },
  });
  if (!encoded.ok) return { outcome: 'failed', message: 'The end of the order could not be written down.' };
  const listed = await streamLength(ports, undoId);
  const appended = listed.isFinished
    ? undefined
    : await ports.store.append(undoStream(undoId), [encoded.value], listed.events - 1);
  if (appended?.ok === false) {
    return {
      outcome: 'retry',
      message: `The end of the order could not be recorded: ${appended.error.code}.`,
    };
  }
  await orders.finish(undoId);
  return { outcome: 'done' };
}

/** An order that was carried out before its progress was lost has its end already. */
async function streamLength(
  { store }: CommandPorts,
  undoId: string,
): Promise<{ readonly events: number; readonly isFinished: boolean }> {
  let events = 0;
  let isFinished = false;
  for await (const { type } of store.readStream(undoStream(undoId))) {
    events += 1;
    isFinished ||= type === 'UndoFinished';
  }
  return { events, isFinished };
}
