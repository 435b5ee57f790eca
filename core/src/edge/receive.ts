/** Use case of an edge: receive a mail. One session a connection, one decision a mail, durable before the reply. */
import { defaultGatherDeadlines, type GatherDeadlines } from '../checks/gather.ts';
import {
  defaultObservationDeadlines,
  type ObservationDeadlines,
  type ObservationPorts,
} from '../checks/observations.ts';
import { decisionFormats, type MailJudged } from '../decision/mail-judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import { createEventCodec, type EventCodec } from '../kernel/event-codec.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { Replica } from '../ports/replica.ts';
import type { SmtpClient, SmtpSession } from '../ports/smtp-session.ts';
import type { Vault } from '../ports/vault.ts';
import { createRefusalCounter, type RefusalCounter } from './receive-counters.ts';
import { openSession } from './receive-session.ts';

export interface ReceiverPorts extends ObservationPorts {
  readonly replica: Replica;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly deadline: Deadline;
}

export interface ReceiverOptions {
  /** Our name in the greeting and in trace headers. */
  readonly hostname: string;
  /** Name of this edge in decisions. */
  readonly edge: string;
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  /** Who gets mail for `<postmaster>` without a domain; undefined: it is refused like an unknown domain. */
  readonly postmaster?: string;
  /** Whether there is room for more mail on disk. */
  readonly hasRoom?: () => boolean;
  readonly onDecided?: (decided: DecidedMail) => void;
  /** What went wrong on our side and was answered with 451. */
  readonly onError?: (error: unknown) => void;
  readonly observationDeadlines?: ObservationDeadlines;
  readonly gatherDeadlines?: GatherDeadlines;
}

/** For logs and metrics. */
export interface DecidedMail {
  readonly mailId: string;
  readonly domain: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly size: number;
}

/** What all sessions of an edge share. */
export interface ReceiverContext {
  readonly ports: ReceiverPorts;
  readonly options: ReceiverOptions & {
    readonly observationDeadlines: ObservationDeadlines;
    readonly gatherDeadlines: GatherDeadlines;
  };
  readonly codec: EventCodec<MailJudged>;
  readonly refusals: RefusalCounter;
}

export interface Receiver {
  open(client: SmtpClient): SmtpSession;
  /** What was turned away without a trace in the outbox: to be handed over each minute and at the end. */
  readonly refusals: RefusalCounter;
}

export function createReceiver(ports: ReceiverPorts, options: ReceiverOptions): Receiver {
  const context: ReceiverContext = {
    ports,
    options: {
      observationDeadlines: defaultObservationDeadlines,
      gatherDeadlines: defaultGatherDeadlines,
      ...options,
    },
    codec: createEventCodec(decisionFormats, ports.vault),
    refusals: createRefusalCounter(),
  };
  return { open: (client) => openSession(context, client), refusals: context.refusals };
}
