/** One SMTP session with one host on nodemailer's SMTPConnection, each step with a deadline. */
import type { SecureContextOptions } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionEnvelope, SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { RouteHost } from '@sluice/core/ports/delivery.ts';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { connectFirst } from './connect.ts';
import { type Lookup, resolveHost } from './resolve.ts';

/** What nodemailer says of a failure, and what we add. */
export interface SessionError {
  readonly message: string;
  /** The host's reply; undefined if there was none. */
  readonly response: string | undefined;
  /** Its code; 0 if there was none. */
  readonly responseCode: number;
  /** Of nodemailer: `EENVELOPE`, `EMESSAGE`, `ESOCKET`, …; `EDEADLINE`, `EADDRESS` and `EFORBIDDEN` are ours. */
  readonly code: string;
  /** Came after STARTTLS, before the session was ready: without TLS it might be. */
  readonly isTls: boolean;
  /** Command that it answers, as nodemailer names it: `MAIL FROM`, `RCPT TO`, `DATA`, … */
  readonly command: string;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly size: number;
  readonly use8BitMime: boolean;
  readonly smtpUtf8: boolean;
}

export interface Sent {
  /** Undefined if the host took the mail for those it had not refused. */
  readonly error: SessionError | undefined;
  readonly response: string;
  /** Recipients that the host refused one by one. */
  readonly refused: readonly { readonly recipient: string; readonly error: SessionError }[];
}

export interface Session {
  readonly offersSmtpUtf8: boolean;
  isOpen(): boolean;
  /** Mails that it has taken. */
  sent(): number;
  send(envelope: Envelope, message: Readable, deadlineMs: number): Promise<Sent>;
  /** Says QUIT, and closes without waiting long for the answer. */
  quit(): void;
  onEnd(listener: () => void): void;
}

export interface SessionOptions {
  readonly host: RouteHost;
  readonly helo: string;
  /** Whether the host may have private addresses, or our own. */
  readonly mayBePrivate: boolean;
  readonly lookUp: Lookup;
  /** Certificate authorities that are trusted instead of Node's well-known ones. */
  readonly ca: SecureContextOptions['ca'];
  /** Go on in the clear though TLS is offered: its handshake has just failed. */
  readonly withoutTls: boolean;
  readonly deadlineMs: number;
}

/**
 * nodemailer declares SMTPUTF8 only for addresses; a mail with a UTF-8 header has to declare it too (RFC 6531 §3.4). These
 * two members are not public: the version is pinned, and the contract test sees both.
 */
interface Internals {
  readonly _supportedExtensions: readonly string[];
  _sendCommand(command: string, logged?: string): void;
}

/** A name is looked up once for all mails of the session, and what is connected to is what was looked at. */
export async function openSession(options: SessionOptions): Promise<Session | SessionError> {
  const end = performance.now() + options.deadlineMs;
  const socket = await openSocket(options);
  if ('message' in socket) return socket;
  return openOn(socket, { ...options, deadlineMs: end - performance.now() });
}

async function openSocket({
  host: { host, port },
  helo,
  mayBePrivate,
  lookUp,
  deadlineMs,
}: SessionOptions): Promise<Socket | SessionError> {
  const late = new AbortController();
  const end = performance.now() + deadlineMs;
  const timer = setTimeout(() => late.abort(), deadlineMs);
  try {
    const { signal } = late;
    const found = await resolveHost(host, { lookUp, mayBePrivate, ownName: helo, signal });
    if (!found.ok) return failure(found.error.isForbidden ? 'EFORBIDDEN' : 'EADDRESS', found.error.why);
    const opened = await connectFirst(found.value, { port, deadlineMs: end - performance.now(), signal });
    return opened.ok ? opened.value.socket : failure('EADDRESS', opened.error);
  } finally {
    clearTimeout(timer);
  }
}

async function openOn(socket: Socket, options: SessionOptions): Promise<Session | SessionError> {
  const connection = new SMTPConnection({ ...connectionOptions(options), connection: socket });
  const internals = connection as unknown as Internals;
  const sendCommand = internals._sendCommand.bind(connection);
  let declaresUtf8 = false;
  let hasTriedTls = false;
  internals._sendCommand = (command, logged) => {
    if (command === 'STARTTLS') hasTriedTls = true;
    const isPlainMail = command.startsWith('MAIL FROM:') && !command.includes(' SMTPUTF8');
    sendCommand(declaresUtf8 && isPlainMail ? `${command} SMTPUTF8` : command, logged);
  };

  let hasEnded = false;
  let taken = 0;
  connection.on('error', () => undefined);
  connection.on('end', () => (hasEnded = true));

  const failure = await within<SessionError | undefined>(
    options.deadlineMs,
    (done) => {
      connection.once('error', (error) => done(describe(error, hasTriedTls)));
      connection.connect((error) => done(error === undefined ? undefined : describe(error, hasTriedTls)));
    },
    () => ({ ...deadlineOver('connection'), isTls: hasTriedTls }),
  );
  if (failure !== undefined) {
    connection.close();
    return failure;
  }

  return {
    offersSmtpUtf8: internals._supportedExtensions.includes('SMTPUTF8'),
    isOpen: () => !hasEnded,
    sent: () => taken,
    async send({ smtpUtf8, to, ...rest }, message, deadlineMs) {
      declaresUtf8 = smtpUtf8;
      // nodemailer keeps its notes in the envelope that it is given.
      const envelope: Partial<SMTPConnectionEnvelope> = { ...rest, to: [...to] };
      const sent = await within<Pick<Sent, 'error' | 'response'>>(
        deadlineMs,
        (done) => {
          connection.send(envelope, message, (error, info) =>
            done(
              error === null
                ? { error: undefined, response: info.response }
                : { error: describe(error), response: '' },
            ),
          );
        },
        () => ({ error: deadlineOver('reply'), response: '' }),
      );
      if (sent.error === undefined) taken += 1;
      else message.destroy();
      // Where the sender was refused, what a pipelined RCPT got was only a complaint about the missing sender.
      const isSenderRefused = sent.error?.command === 'MAIL FROM';
      const refused = isSenderRefused
        ? []
        : (envelope.rejectedErrors ?? []).map((error) => ({
            recipient: error.recipient ?? '',
            error: describe(error),
          }));
      return { ...sent, refused };
    },
    quit() {
      if (!hasEnded) connection.quit();
      connection.close();
    },
    onEnd(listener) {
      connection.on('end', listener);
    },
  };
}

function connectionOptions({
  host,
  helo,
  ca,
  withoutTls,
  deadlineMs,
}: SessionOptions): SMTPConnectionOptions {
  const isVerified = host.tls === 'required';
  return {
    host: host.host,
    port: host.port,
    secure: false,
    name: helo,
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    ...(isVerified ? { requireTLS: true } : {}),
    ...(host.tls === 'none' || withoutTls ? { ignoreTLS: true } : { opportunisticTLS: !isVerified }),
    tls: { rejectUnauthorized: isVerified, ...(ca === undefined ? {} : { ca }) },
  };
}

/** What `start` is done with, or after `ms` what `late` says. */
function within<T>(ms: number, start: (done: (value: T) => void) => void, late: () => T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late()), Math.max(ms, 0));
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

const deadlineOver = (what: string): SessionError => failure('EDEADLINE', `no ${what} in time`);

const failure = (code: string, message: string): SessionError => ({
  message,
  response: undefined,
  responseCode: 0,
  code,
  isTls: false,
  command: '',
});

function describe(
  error: NonNullable<SMTPConnectionEnvelope['rejectedErrors'][number]>,
  isTls = false,
): SessionError {
  return {
    message: error.message,
    response: error.response,
    responseCode: error.responseCode ?? 0,
    code: error.code ?? '',
    isTls,
    command: error.command ?? '',
  };
}
