/** What a listener can be told, with its defaults. */
import type { SmtpClient, SmtpSession } from '@sluice/core/ports/smtp-session.ts';
import type { TurnsOptions } from './turns.ts';

/** PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

export interface SmtpLimits {
  /** Wait before the greeting, in ms, for clients that cannot wait; 0 greets at once. */
  readonly bannerDelayMs: number;
  readonly maxConnections: number;
  /** Bytes of one message. */
  readonly maxMessageBytes: number;
  /** Bytes of messages that all connections together are receiving or deciding. */
  readonly maxBufferedBytes: number;
  /** Octets of one command line. */
  readonly maxLineLength: number;
  /** Commands between two messages. */
  readonly maxCommands: number;
  readonly maxUnknownCommands: number;
  /** Without a byte from the client (RFC 5321 §4.5.3.2 asks for five minutes). */
  readonly idleMs: number;
  /** From the greeting, or the last message, to the end of the next. */
  readonly transactionMs: number;
  /** How many messages are asked for and decided at a time while the processor is full. */
  readonly turns: Omit<TurnsOptions, 'isFull'>;
}

export const defaultLimits: SmtpLimits = {
  bannerDelayMs: 0,
  maxConnections: 1_000,
  maxMessageBytes: 50 * 1024 * 1024,
  maxBufferedBytes: 256 * 1024 * 1024,
  maxLineLength: 2_048,
  maxCommands: 2_500,
  maxUnknownCommands: 10,
  idleMs: 5 * 60_000,
  transactionMs: 20 * 60_000,
  // By measurement: with one at a time more mails are decided a second than with three, and each waits half as long.
  turns: { most: 1, leaseMs: 100, longestMs: 1_000 },
};

/** Why the listener itself ended a connection, or never began one: for counting. */
export type TurnedAway =
  | 'too-many-connections'
  | 'too-many-commands'
  | 'too-many-unknown-commands'
  | 'http'
  | 'line-too-long'
  | 'idle'
  | 'too-slow'
  | 'tls-failed';

export interface SmtpListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Our own name, in the greeting and in the answer to EHLO. */
  readonly hostname: string;
  /** Offers STARTTLS. */
  readonly tls?: TlsMaterial;
  readonly limits?: Partial<SmtpLimits>;
  readonly session: (client: SmtpClient) => SmtpSession;
  readonly onTurnedAway?: (why: TurnedAway, client: SmtpClient) => void;
  /** Something that must not happen: a session that threw. */
  readonly onError?: (error: unknown) => void;
}
