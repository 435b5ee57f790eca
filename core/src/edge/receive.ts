/** Use case of an edge: receive a mail. One session a connection, one decision a mail, durable before the reply. */
import { defaultGatherDeadlines } from '../checks/gather.ts';
import { defaultObservationDeadlines } from '../checks/observations.ts';
import { decisionFormats } from '../decision/mail-judged.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import type { SmtpClient, SmtpSession } from '../ports/smtp-session.ts';
import type { ReceiverContext, ReceiverOptions, ReceiverPorts } from './receive-context.ts';
import { servicePolicy } from './receive-connection.ts';
import { createRefusalCounter, type RefusalCounter } from './receive-counters.ts';
import { openSession } from './receive-session.ts';

export interface Receiver {
  open(client: SmtpClient): SmtpSession;
  /** What was turned away without a trace in the outbox: to be handed over each minute and at the end. */
  readonly refusals: RefusalCounter;
}

export const receiverContext = (ports: ReceiverPorts, options: ReceiverOptions): ReceiverContext => ({
  ports,
  options: {
    observationDeadlines: defaultObservationDeadlines,
    gatherDeadlines: defaultGatherDeadlines,
    ...options,
  },
  codec: createEventCodec(decisionFormats, ports.vault),
  refusals: createRefusalCounter(),
  service: servicePolicy(options.service ?? {}),
  table: { open: new Map(), load: undefined },
});

export function createReceiver(ports: ReceiverPorts, options: ReceiverOptions): Receiver {
  const context = receiverContext(ports, options);
  return { open: (client) => openSession(context, client), refusals: context.refusals };
}
