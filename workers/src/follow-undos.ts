/** Turns orders that undo incidents into jobs: follows the events of domains, notes the orders, and queues their next turn. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DomainEvents, domainFormats } from '@sluice/core/domain/domain.ts';
import { createEventCodec, type EventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { CommandPorts } from '@sluice/core/use-cases/context.ts';
import { undoJobId } from '@sluice/core/use-cases/carry-out-undo.ts';
import { undoneMails } from '@sluice/core/use-cases/undo.ts';
import type { Queues } from '@sluice/core/ports/queue.ts';
import type { NewUndoOrder, UndoOrders } from '@sluice/core/ports/undo-orders.ts';
import type { Log } from '@sluice/telemetry';

export interface FollowUndoPorts {
  readonly ports: CommandPorts;
  readonly orders: UndoOrders;
  readonly queues: Queues;
  readonly log: Log;
}

/** Queues the next turn of every order that is not finished: the queue may have lost it. */
export async function queueOpenUndos({ orders, queues, log }: FollowUndoPorts): Promise<void> {
  const open = await orders.listOpen();
  for (const { undoId, next } of open) await queues.add('undo', undoJobId(undoId, next), { undoId });
  if (open.length > 0) log.info({ orders: open.length }, 'Orders that undo incidents go on');
}

const restartMs = 1_000;

/** Follows until the signal aborts; where something fails, again from the checkpoint after a pause. */
export async function keepFollowingUndos(ports: FollowUndoPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await followUndos(ports, signal);
    } catch (error) {
      if (signal.aborted) return;
      ports.log.error(
        { error: String(error) },
        'Orders that undo incidents cannot be followed; trying again',
      );
      await sleep(restartMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function followUndos(following: FollowUndoPorts, signal: AbortSignal): Promise<void> {
  const { ports, orders } = following;
  const codec = createEventCodec<DomainEvents>(domainFormats, ports.vault);
  const after = await orders.checkpoint();
  const options = { streamPrefixes: ['domain-'], signal, ...(after === undefined ? {} : { after }) };
  for await (const message of ports.store.subscribeAll(options)) {
    if (message.kind === 'event') await follow(following, codec, message.event);
    if (message.kind === 'checkpoint') await orders.apply({ checkpoint: message.position });
  }
}

/** The order with the checkpoint, then the job: one that is lost in between is queued when a worker starts. */
async function follow(
  { ports, orders, queues, log }: FollowUndoPorts,
  codec: EventCodec<DomainEvents>,
  recorded: RecordedEvent,
): Promise<void> {
  const checkpoint = recorded.position;
  const order = recorded.type === 'IncidentUndone' ? await orderOf(codec, recorded) : undefined;
  if (order === undefined) return orders.apply({ checkpoint });
  const { undoId } = order;
  const mails = await undoneMails({ ports }, undoId);
  await orders.apply({ order: { order, mails }, checkpoint });
  const open = await orders.open(undoId);
  if (open !== undefined) await queues.add('undo', undoJobId(undoId, open.next), { undoId });
  log.info({ undoId, mails: mails.length }, 'An order that undoes an incident is carried out');
}

/** One that cannot be read any more (erased) releases nothing: its mails are erased too. */
async function orderOf(
  codec: EventCodec<DomainEvents>,
  recorded: RecordedEvent,
): Promise<NewUndoOrder | undefined> {
  const { domainId, accountId, at: orderedAt, actor: orderedBy } = recorded.metadata;
  const decoded = await codec.decode(recorded);
  if (!decoded.ok || decoded.value.type !== 'IncidentUndone') return undefined;
  if (domainId === undefined || accountId === undefined) return undefined;
  return { ...decoded.value.data, domainId, accountId, orderedAt, orderedBy };
}
