/** One attempt to deliver one mail: ask for the route, deliver, and record what came of it with its events. */
import { domainKeyId } from '../domain/domain.ts';
import type { NewEvent } from '../kernel/event.ts';
import { createEventCodec, type EventCodec } from '../kernel/event-codec.ts';
import { eventId } from '../kernel/hash.ts';
import { mailFormats, type MailEvent } from '../mail/mail.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, RecipientOutcome } from '../ports/delivery.ts';
import type { DueDelivery, Outbox, RouteOf } from '../ports/outbox.ts';
import type { Pause } from '../ports/pause.ts';
import type { Vault } from '../ports/vault.ts';
import { progressOf, type Progress } from './deliver-due-progress.ts';
import { cutForged } from './trace-cut.ts';
import { backoffMs } from './waiting.ts';

export interface DeliverPorts {
  readonly outbox: Pick<Outbox, 'dueDeliveries' | 'recordProgress' | 'nextDue' | 'onChange'>;
  readonly delivery: Delivery;
  /** Asked anew for each attempt. */
  readonly routeOf: RouteOf;
  /** Account of a domain, for the metadata of events; undefined if it is not known. */
  readonly accountOf: (domainId: string) => string | undefined;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly pause: Pause;
}

export interface DeliverOptions {
  /** Name of this edge. */
  readonly edge: string;
  /** Name that it says in EHLO. */
  readonly helo: string;
  /** Mails on their way at once; 50. */
  readonly concurrency?: number;
  /** Of these to one host, and of one domain; 10. */
  readonly perHost?: number;
  /** Time for one attempt, in ms; 300,000. */
  readonly attemptMs?: number;
}

/** What an operator may want to read in a log. */
export type DeliverNotice =
  | {
      readonly kind: 'attempted';
      readonly mailId: string;
      readonly domainId: string;
      readonly outcomes: readonly RecipientOutcome[];
    }
  | { readonly kind: 'unrecorded'; readonly mailId: string; readonly message: string };

const recording = { firstMs: 200, maxMs: 30_000 };

interface Run {
  readonly signal: AbortSignal;
  readonly tell: (notice: DeliverNotice) => void;
}

/** One attempt for one mail: deliver, record. */
export function createAttempt(
  ports: DeliverPorts,
  options: DeliverOptions,
  { signal, tell }: Run,
): (due: DueDelivery) => Promise<void> {
  const { outbox, clock, pause } = ports;
  const codec = createEventCodec<MailEvent>(mailFormats, ports.vault);
  return async (due) => {
    // It waited for its host's slot: its lease ends with the process, and nothing of it has left.
    if (signal.aborted) return;
    const outcomes = await deliver(ports, options, due);
    tell({ kind: 'attempted', mailId: due.mailId, domainId: due.domainId, outcomes });
    const now = clock.now();
    const progress = progressOf(due, outcomes, now);
    const events = await encode(codec, progress, {
      domainId: due.domainId,
      accountId: ports.accountOf(due.domainId),
      edge: options.edge,
      at: now,
    });
    for (let failures = 1; ; failures++) {
      try {
        await outbox.recordProgress({ ...progress, events });
        return;
      } catch (error) {
        tell({ kind: 'unrecorded', mailId: due.mailId, message: String(error) });
        if (signal.aborted) return;
        await pause.sleep(backoffMs(failures, recording), signal);
      }
    }
  };
}

async function deliver(
  { delivery, routeOf }: DeliverPorts,
  { helo, attemptMs = 300_000 }: DeliverOptions,
  due: DueDelivery,
): Promise<readonly RecipientOutcome[]> {
  const { hosts, trusted } = routeOf(due.domainId) ?? { hosts: [], trusted: false };
  if (hosts.length === 0) {
    const response = 'no route is known for this domain';
    return due.recipients.map((recipient) => ({
      recipient,
      outcome: 'deferred',
      code: 0,
      response,
      host: '',
    }));
  }
  const { sender, recipients, trace, raw, smtpUtf8 } = due;
  return delivery.deliver({
    hosts,
    mayBePrivate: trusted,
    helo,
    sender,
    recipients,
    prepend: trace,
    // Our name is also the authserv-id under which the trace speaks.
    raw: cutForged(raw, helo),
    smtpUtf8,
    deadlineMs: attemptMs,
  });
}

/** Events as stored. Of a domain whose key is erased there is nothing to tell any more. */
async function encode(
  codec: EventCodec<MailEvent>,
  { mailId, events }: Progress,
  about: {
    readonly domainId: string;
    readonly accountId: string | undefined;
    readonly edge: string;
    readonly at: string;
  },
): Promise<readonly NewEvent[]> {
  const { domainId, accountId, edge, at } = about;
  const metadata = {
    actor: { kind: 'edge' as const, id: edge },
    at,
    correlationId: mailId,
    domainId,
    edge,
    ...(accountId === undefined ? {} : { accountId }),
  };
  const encoded: NewEvent[] = [];
  const seen = new Map<string, number>();
  for (const event of events) {
    const nth = seen.get(event.type) ?? 0;
    seen.set(event.type, nth + 1);
    const { attempt } = event.data;
    // One kind may come several times in an attempt, when the route said different things of its recipients.
    const id = eventId(mailId, event.type, attempt, ...(nth === 0 ? [] : [nth]));
    const result = await codec.encode(event, { id, keyId: domainKeyId(domainId), metadata });
    if (result.ok) encoded.push(result.value);
  }
  return encoded;
}
