/** Incident undo: what an incident refused is found by replay, reviewed, and released by one order. */
import { domainStream, type DomainEvents, domainKeyId } from '../domain/domain.ts';
import type { DomainRefusal } from '../domain/refusal.ts';
import { eventId } from '../kernel/hash.ts';
import type { HandlingRefusal } from '../kernel/handle-command.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import { fail, ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { Incident } from '../replay/incident.ts';
import { mergeUndo } from '../replay/merge-reports.ts';
import type { UndoneMail, UndoReport } from '../replay/undo.ts';
import { undoFormats, type UndoEvent, undoStream } from '../undo/undo-stream.ts';
import type { CommandContext, Done } from './context.ts';
import { changeDomain, type DomainOwner } from './domains.ts';
import { mayReleaseViruses } from './release-permission.ts';
import { askRuns, type ReplayWatch } from './replay.ts';

export interface UndoRequest {
  readonly domainId: string;
  readonly incident: Incident;
  /** When the mails came; `since` included, `until` not; ISO 8601. */
  readonly since: string;
  readonly until: string;
  readonly samples: number;
}

export interface UndoReview {
  readonly report: UndoReport;
  /** Those that can be released, oldest first; at most `maxReviewed`. */
  readonly mails: readonly UndoneMail[];
  /** There are more than one order can release: choose a shorter time. */
  readonly isCut: boolean;
  /** Left out, because a virus was found in them and who asks may not release those. */
  readonly withheld: number;
}

/** More than one order takes. */
const maxReviewed = 100_000;

/** Edges can be away for days: a mail that came in the time may be in the log only later. */
const lateDays = 7;

/** Throws StoreUnavailable. */
export async function reviewUndo(
  context: CommandContext,
  { domainId, incident, since, until, samples }: UndoRequest,
  watch: ReplayWatch,
): Promise<Result<UndoReview, Refusal<'cancelled' | 'bad-undo'> | HandlingRefusal | Refusal<'no-domain'>>> {
  const [from, to] = [Temporal.Instant.from(since), Temporal.Instant.from(until)];
  if (Temporal.Instant.compare(from, to) >= 0) {
    return refuse('bad-undo', 'The time of the incident ends before it begins.');
  }
  const viruses = await mayReleaseViruses(context, domainId);
  if (!viruses.ok && viruses.error.code !== 'virus-release') return fail(viruses.error);
  const late = to.add({ hours: 24 * lateDays }).toString();
  const question = { domainId, incident, since, until, samples };
  const mails: UndoneMail[] = [];
  let report: UndoReport | undefined;
  let isCut = false;
  let withheld = 0;
  const asked = { kind: 'undo', question, range: { since, until: late } } as const;
  const isWhole = await askRuns(context, asked, watch, (found) => {
    report = report === undefined ? found.report : mergeUndo(report, found.report, samples);
    for (const { mail, hasVirus } of found.mails) {
      if (!viruses.ok && hasVirus) withheld += 1;
      else if (mails.length < maxReviewed) mails.push(mail);
      else isCut = true;
    }
  });
  return isWhole && report !== undefined
    ? ok({ report, mails, isCut, withheld })
    : refuse('cancelled', 'This was cancelled.');
}

export interface UndoOrder {
  /** Made once for a review: ordering it again is the same order. */
  readonly undoId: string;
  readonly incident: Incident;
  readonly since: string;
  readonly until: string;
  readonly mails: readonly UndoneMail[];
  /** Releases a minute, at most. */
  readonly rate: number;
}

/** Mails of one event. */
const listedAtOnce = 500;

/**
 * Gives the order: its mails are named first, then the one event in the domain's stream makes it an order. Whoever carries
 * it out follows that event. Asking again, after a failure at any point, goes on where it ended.
 */
export async function orderUndo(
  context: CommandContext,
  owner: DomainOwner,
  order: UndoOrder,
): Promise<Result<Done, DomainRefusal | HandlingRefusal>> {
  const { undoId, incident, since, until, mails, rate } = order;
  if (mails.length === 0) return refuse('bad-undo', 'There is nothing to release.');
  const given = await givenOrder(context, owner, undoId);
  if (given !== undefined) {
    return given.mails === mails.length
      ? ok({ id: undoId, position: given.position.toString() })
      : refuse('conflict', `This has been ordered already, for ${given.mails} mails; make the review again.`);
  }
  const listed = await listMails(context, owner, order);
  if (!listed.ok) return listed;
  const data = { undoId, incident, since, until, mails: mails.length, rate };
  const changed = await changeDomain(context, owner, { type: 'UndoIncident', data });
  return changed.ok ? ok({ id: undoId, position: changed.value.position }) : changed;
}

async function givenOrder(
  { ports, aggregates }: CommandContext,
  { domainId }: DomainOwner,
  undoId: string,
): Promise<{ readonly position: bigint; readonly mails: number } | undefined> {
  for await (const recorded of ports.store.readStream(domainStream(domainId), { direction: 'backwards' })) {
    if (recorded.type !== 'IncidentUndone') continue;
    const decoded = await aggregates.domain.codec.decode(recorded);
    const event: DomainEvents | undefined = decoded.ok ? decoded.value : undefined;
    if (event?.type !== 'IncidentUndone' || event.data.undoId !== undoId) continue;
    return { position: recorded.position, mails: event.data.mails };
  }
  return undefined;
}

async function listMails(
  context: CommandContext,
  { domainId, accountId }: DomainOwner,
  { undoId, mails }: UndoOrder,
): Promise<Result<void, HandlingRefusal>> {
  const { store, vault } = context.ports;
  const codec = createEventCodec<UndoEvent>(undoFormats, vault);
  const { actor, now: at } = context.metadata();
  for (let from = 0; from < mails.length; from += listedAtOnce) {
    const event: UndoEvent = {
      type: 'UndoMailsListed',
      data: { mails: mails.slice(from, from + listedAtOnce) },
    };
    const encoded = await codec.encode(event, {
      id: eventId('undo-listed', undoId, from),
      keyId: domainKeyId(domainId),
      metadata: { actor, at, correlationId: undoId, accountId, domainId },
    });
    if (!encoded.ok) return refuse('damaged', 'The mails of the order could not be written down.');
    const place = from / listedAtOnce;
    const appended = await store.append(
      undoStream(undoId),
      [encoded.value],
      place === 0 ? 'no-stream' : place - 1,
    );
    if (appended.ok) continue;
    if (appended.error.code === 'unavailable')
      return refuse('unavailable', 'The event store does not answer; try again in a moment.');
    return refuse('conflict', 'This order has been begun with other mails; make the review again.');
  }
  return ok(undefined);
}

/** The mails of an order, in their order. Throws StoreUnavailable. */
export async function undoneMails(
  { ports: { store, vault } }: Pick<CommandContext, 'ports'>,
  undoId: string,
): Promise<readonly UndoneMail[]> {
  const codec = createEventCodec<UndoEvent>(undoFormats, vault);
  const mails: UndoneMail[] = [];
  for await (const recorded of store.readStream(undoStream(undoId))) {
    const decoded = await codec.decode(recorded);
    if (decoded.ok && decoded.value.type === 'UndoMailsListed') mails.push(...decoded.value.data.mails);
  }
  return mails;
}
