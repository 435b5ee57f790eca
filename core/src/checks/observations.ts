/** The questions that several checks share, each asked once per mail: the first caller starts it, all get the answer. */
import { type HeaderView, readHeader } from '../message/header-view.ts';
import { observeBayes } from '../bayes/observe.ts';
import type { BayesModels } from '../ports/bayes-models.ts';
import type { MailAuthenticator } from '../ports/mail-authenticator.ts';
import type { InspectedMessage, MessageInspector } from '../ports/message-inspector.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { ExternalEngine } from '../ports/external-engine.ts';
import type { VirusScanner } from '../ports/virus-scanner.ts';
import type { Envelope, Observations } from './check.ts';

export interface ObservationPorts {
  readonly resolver: Resolver;
  readonly authenticator: MailAuthenticator;
  readonly inspector: MessageInspector;
  readonly scanner: VirusScanner | undefined;
  /** None, if not given. */
  readonly engine?: ExternalEngine | undefined;
  /** What domains have taught; undefined where nothing is known of it. */
  readonly bayes?: BayesModels;
}

/** How long each question may take, in ms. */
export interface ObservationDeadlines {
  readonly spfMs: number;
  readonly dkimMs: number;
  readonly messageMs: number;
  readonly scanMs: number;
  readonly engineMs: number;
}

export const defaultObservationDeadlines: ObservationDeadlines = {
  spfMs: 10_000,
  dkimMs: 5_000,
  messageMs: 20_000,
  scanMs: 60_000,
  engineMs: 15_000,
};

export interface ObservationRequest {
  readonly envelope: Envelope;
  /** The mail as received; undefined before DATA, and then what needs it is refused. */
  readonly raw: Uint8Array | undefined;
  /** Bytes that the client declared. */
  readonly declaredSize?: number | undefined;
  readonly ports: ObservationPorts;
  readonly deadlines: ObservationDeadlines;
  /** Characters of readable text wanted. */
  readonly textLimit: number;
  /** Checks judge what the mail says: `contentTextLimit` characters at least, and its links. */
  readonly content?: boolean;
  /** Whose Bayes models are asked; undefined: that of the service alone. */
  readonly domainId?: string;
}

/** Characters of text that checks look at. */
export const contentTextLimit = 65_536;

export function createObservations(request: ObservationRequest): Observations {
  const { envelope, raw, ports, deadlines, content = false } = request;
  const needRaw = (): Uint8Array => {
    if (raw === undefined) throw new Error('the message is not there yet');
    return raw;
  };

  const readMessage = async (): Promise<InspectedMessage> => {
    const read = await ports.inspector.inspect(needRaw(), {
      textLimit: content ? Math.max(request.textLimit, contentTextLimit) : request.textLimit,
      content,
      deadlineMs: deadlines.messageMs,
    });
    if (!read.ok) throw new Error(unreadable[read.error]);
    return read.value;
  };

  let header: HeaderView | undefined;
  const message = once(readMessage);
  return {
    message,
    // One check alone asks it.
    learned: async (scope) => {
      const { domainId } = request;
      const whose = scope === 'mailbox' ? { recipients: envelope.recipients } : {};
      return ports.bayes && observeBayes(message, { models: ports.bayes, domainId, ...whose });
    },
    header: () => (header ??= readHeader(needRaw())),
    spf: once(async () =>
      ports.authenticator.spf({
        ip: envelope.ip,
        helo: envelope.helo,
        sender: envelope.sender,
        deadlineMs: deadlines.spfMs,
      }),
    ),
    dkim: once(async () => ports.authenticator.dkim(needRaw(), deadlines.dkimMs)),
    arc: once(async () => ports.authenticator.arc(needRaw(), deadlines.dkimMs)),
    engine: async (target) => {
      const { ip, helo, sender, recipients } = envelope;
      const question = {
        raw: needRaw(),
        ip,
        helo,
        sender,
        recipients,
        target,
        deadlineMs: deadlines.engineMs,
      };
      return ports.engine?.ask(question);
    },
    scan: once(async () => ports.scanner?.scan(needRaw(), deadlines.scanMs)),
    size: () => raw?.length ?? request.declaredSize,
  };
}

const unreadable = {
  timeout: 'the message could not be read in time',
  failed: 'the message could not be read',
};

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}
