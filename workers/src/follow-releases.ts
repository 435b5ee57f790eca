/** Turns releases into jobs: follows the events of mails, remembers what is owed, and queues it; again after any loss. */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueuesUnavailable } from '@sluice/bullmq';
import { type MailEvent, mailFormats } from '@sluice/core/mail/mail.ts';
import { createEventCodec, type EventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { OwedDeliveries, OwedKey, OwedRow } from '@sluice/core/ports/owed-deliveries.ts';
import type { Queues } from '@sluice/core/ports/queue.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { redeliveryJobId } from '@sluice/core/use-cases/redeliver.ts';
import { isTransient } from '@sluice/postgres';
import type { Log } from '@sluice/telemetry';

export interface FollowPorts {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly owed: OwedDeliveries;
  readonly queues: Queues;
  readonly log: Log;
}

/** Queues everything that events say is owed: the queue may have lost it. */
export async function queueWhatIsOwed({ owed, queues, log }: FollowPorts): Promise<void> {
  const rows = await owed.list();
  for (const row of rows) await queueRedelivery(queues, row);
  if (rows.length > 0) log.info({ deliveries: rows.length }, 'Deliveries that releases still owe are queued');
}

const restartMs = 1_000;

/** Follows until the signal aborts; where something fails, again from the checkpoint after a pause. */
export async function keepFollowing(ports: FollowPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await followReleases(ports, signal);
    } catch (error) {
      if (signal.aborted) return;
      ports.log.error({ error: String(error) }, 'Releases cannot be followed; trying again');
      await sleep(restartMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function followReleases(ports: FollowPorts, signal: AbortSignal): Promise<void> {
  const codec = createEventCodec<MailEvent>(mailFormats, ports.vault);
  const after = await ports.owed.checkpoint();
  const options = { streamPrefixes: ['mail-'], signal, ...(after === undefined ? {} : { after }) };
  for await (const message of ports.store.subscribeAll(options)) {
    if (message.kind === 'event') await follow(ports, codec, message.event);
    if (message.kind === 'checkpoint')
      await ports.owed.apply({ add: [], remove: [], checkpoint: message.position });
  }
}

/**
 * The job first, then the row with the checkpoint: what fails in between comes again with the event, and a job is the same
 * one by its id. Failure policy: retry where the stores are away; what they will never take is reported and passed by,
 * because nobody else's release may wait for it.
 */
async function follow(
  ports: FollowPorts,
  codec: EventCodec<MailEvent>,
  recorded: RecordedEvent,
): Promise<void> {
  const change = await changeBy(codec, recorded);
  const checkpoint = recorded.position;
  try {
    for (const row of change.add) await queueRedelivery(ports.queues, row);
    await ports.owed.apply({ ...change, checkpoint });
  } catch (error) {
    if (isAway(error)) throw error;
    ports.log.error(
      { event: recorded.id, error: String(error) },
      'A release cannot be queued: it is passed by',
    );
    await ports.owed.apply({ ...nothing, checkpoint });
    return;
  }
  if (change.add.length > 0)
    ports.log.info({ deliveries: change.add.length }, 'A release is queued for delivery');
}

const isAway = (error: unknown): boolean => error instanceof QueuesUnavailable || isTransient(error);

interface Change {
  readonly add: readonly OwedRow[];
  readonly remove: readonly OwedKey[];
}

const nothing: Change = { add: [], remove: [] };

/** What an event changes. One that cannot be read any more (erased) owes nothing. */
async function changeBy(codec: EventCodec<MailEvent>, recorded: RecordedEvent): Promise<Change> {
  const { domainId } = recorded.metadata;
  const decoded = await codec.decode(recorded);
  if (!decoded.ok || domainId === undefined) return nothing;
  const mailId = recorded.stream.slice('mail-'.length);
  const event = decoded.value;
  switch (event.type) {
    case 'MailReleased': {
      const { releaseId, recipients } = event.data;
      return { add: recipients.map((recipient) => ({ mailId, releaseId, recipient, domainId })), remove: [] };
    }
    case 'MailDelivered':
    case 'MailBounced': {
      const { releaseId, recipients } = event.data;
      if (releaseId === undefined) return nothing;
      return { add: [], remove: recipients.map((recipient) => ({ mailId, releaseId, recipient })) };
    }
    case 'MailDeliveryDeferred':
    case 'MailViewed':
    case 'MailExpired':
      return nothing;
    default:
      return event satisfies never;
  }
}

async function queueRedelivery(queues: Queues, row: OwedRow): Promise<void> {
  await queues.add('redelivery', redeliveryJobId(row), row);
}
