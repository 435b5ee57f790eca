/** A real listener with a session that says yes to everything and remembers what it was asked. */
import type {
  SmtpClient,
  SmtpHello,
  SmtpMessage,
  SmtpReply,
  SmtpSender,
} from '@sluice/core/ports/smtp-session.ts';
import { type SmtpListener, type SmtpListenerOptions, startSmtpListener } from '@sluice/smtp-server';
import { afterEach } from 'vitest';

export interface Seen {
  readonly clients: SmtpClient[];
  readonly openings: { readonly earlyTalker: boolean }[];
  readonly hellos: SmtpHello[];
  readonly senders: SmtpSender[];
  readonly recipients: string[];
  readonly messages: SmtpMessage[];
  readonly turnedAway: string[];
  readonly errors: unknown[];
  resets: number;
  closed: number;
}

export interface TestListener extends SmtpListener {
  readonly seen: Seen;
}

export interface Answers {
  /** Instead of 250 to RCPT and to the message. */
  readonly rcpt?: (recipient: string) => SmtpReply | Promise<SmtpReply>;
  readonly data?: (message: SmtpMessage) => Promise<SmtpReply>;
}

const open: SmtpListener[] = [];

afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

const yes = (text: string): SmtpReply => ({ code: 250, enhanced: '2.0.0', text });

/** Closed after the test. */
export async function listen(
  options: Partial<SmtpListenerOptions> = {},
  answers: Answers = {},
): Promise<TestListener> {
  const seen: Seen = {
    clients: [],
    openings: [],
    hellos: [],
    senders: [],
    recipients: [],
    messages: [],
    turnedAway: [],
    errors: [],
    resets: 0,
    closed: 0,
  };
  const listener = await startSmtpListener({
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    onTurnedAway: (why) => seen.turnedAway.push(why),
    onError: (error) => seen.errors.push(error),
    session(client) {
      seen.clients.push(client);
      return {
        connect(opening) {
          seen.openings.push(opening);
          return { code: 220, text: 'mx.example.net ESMTP' };
        },
        helo(hello) {
          seen.hellos.push(hello);
          return yes('hello');
        },
        mail(sender) {
          seen.senders.push(sender);
          return yes('sender');
        },
        rcpt(recipient) {
          seen.recipients.push(recipient);
          return answers.rcpt?.(recipient) ?? yes('recipient');
        },
        async data(message) {
          seen.messages.push(message);
          return (await answers.data?.(message)) ?? yes('taken');
        },
        reset() {
          seen.resets += 1;
        },
        close() {
          seen.closed += 1;
        },
      };
    },
    ...options,
  });
  open.push(listener);
  return { ...listener, seen };
}

/** The text of the only message. */
export function onlyMessage({ seen }: TestListener): string {
  const [message] = seen.messages;
  if (seen.messages.length !== 1 || message?.status !== 'complete') {
    throw new Error(`not one whole message: ${seen.messages.map(({ status }) => status).join(', ')}`);
  }
  return Buffer.from(message.raw).toString('latin1');
}
