/** A scripted SMTP server on 127.0.0.1 that records what it takes, and can refuse, stall or cut at any phase. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket, type SecureContextOptions } from 'node:tls';
import { createSinkReader } from './smtp-sink-reader.ts';

export interface SunkMail {
  /** '' for the null sender. */
  readonly sender: string;
  /** Only those that were taken. */
  readonly recipients: readonly string[];
  /** Without dot-stuffing, with its last line end. */
  readonly raw: Buffer;
  /** What followed the address in MAIL, e.g. `BODY=8BITMIME SIZE=100`. */
  readonly parameters: string;
  readonly helo: string;
  readonly secure: boolean;
  /** From 1, in the order of connecting. */
  readonly connection: number;
}

/**
 * Undefined: the usual reply. A text: that reply instead (several lines with LF between them). `stall`: none, ever.
 * `cut`: the connection is reset.
 */
export type SinkReply = string | undefined;
type Answer = SinkReply | Promise<SinkReply>;

export interface SmtpSinkOptions {
  /** 0 (default): any free one. */
  readonly port?: number;
  /** Keywords of the answer to EHLO besides STARTTLS. */
  readonly extensions?: readonly string[];
  /** STARTTLS is offered if this is given. */
  readonly tls?: SecureContextOptions;
  /** `connection` counts from 1. */
  readonly onConnect?: (connection: number) => Answer;
  readonly onEhlo?: (name: string) => Answer;
  readonly onStartTls?: () => Answer;
  readonly onMail?: (sender: string, parameters: string) => Answer;
  readonly onRcpt?: (recipient: string, sender: string) => Answer;
  /** The DATA command. */
  readonly onDataCommand?: () => Answer;
  /** The mail after its final dot; it is recorded if the reply begins with 2. */
  readonly onData?: (mail: SunkMail) => Answer;
}

export interface SmtpSink {
  readonly host: string;
  readonly port: number;
  /** Mails taken, in order. */
  readonly mails: readonly SunkMail[];
  /** Commands as they came, of all connections. */
  readonly commands: readonly string[];
  /** Connections that there were. */
  connections(): number;
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

const usualExtensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 104857600'];

export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const mails: SunkMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away is none of our business.
    socket.on('error', () => undefined);
    const connection = (connections += 1);
    serve({ options, mails, commands, connection }, socket).catch(() => socket.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    connections: () => connections,
    open: () => sockets.size,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

interface Sink {
  readonly options: SmtpSinkOptions;
  readonly mails: SunkMail[];
  readonly commands: string[];
  readonly connection: number;
}

/** Ends the session without an answer. */
class Silence extends Error {
  override readonly name = 'Silence';
}

async function serve(sink: Sink, plain: Socket): Promise<void> {
  const { options, connection } = sink;
  let socket: Socket = plain;
  let reader = createSinkReader(socket);
  let helo = '';
  let envelope: { sender: string; parameters: string; recipients: string[] } | undefined;

  /** Sends the scripted reply, or the usual one; true if it was a good one. */
  const reply = async (scripted: Answer, usual: string): Promise<boolean> => {
    const text = (await scripted) ?? usual;
    if (text === 'cut') plain.resetAndDestroy();
    if (text === 'cut' || text === 'stall') throw new Silence();
    socket.write(`${text.replaceAll('\n', '\r\n')}\r\n`);
    return /^[23]/.test(text);
  };
  const greet = (): string => {
    const keywords = [...(options.extensions ?? usualExtensions)];
    if (options.tls !== undefined && socket === plain) keywords.push('STARTTLS');
    const lines = ['sink', ...keywords];
    return lines.map((line, n) => `250${n === lines.length - 1 ? ' ' : '-'}${line}`).join('\n');
  };
  const secure = async (tls: SecureContextOptions): Promise<void> => {
    reader.release();
    const secured = new TLSSocket(plain, { isServer: true, ...tls });
    secured.on('error', () => plain.destroy());
    await once(secured, 'secure');
    socket = secured;
    reader = createSinkReader(socket);
  };
  const takeMail = async (): Promise<void> => {
    if (envelope === undefined || envelope.recipients.length === 0) {
      await reply(undefined, '503 5.5.1 no recipients');
      return;
    }
    if (!(await reply(options.onDataCommand?.(), '354 go on'))) return;
    const raw = await reader.message();
    const mail = { ...envelope, raw, helo, secure: socket !== plain, connection };
    envelope = undefined;
    const scripted = await options.onData?.(mail);
    // Recorded before the reply, so that whoever has got the reply finds it.
    if (scripted === undefined || scripted.startsWith('2')) sink.mails.push(mail);
    await reply(scripted, '250 2.0.0 taken');
  };

  const handlers: Record<string, (argument: string) => Promise<unknown>> = {
    async EHLO(name) {
      helo = name;
      await reply(options.onEhlo?.(name), greet());
    },
    async HELO(name) {
      helo = name;
      await reply(undefined, '250 sink');
    },
    async STARTTLS() {
      if (options.tls === undefined) return reply(undefined, '502 5.5.1 not here');
      return (await reply(options.onStartTls?.(), '220 go on')) && secure(options.tls);
    },
    async MAIL(argument) {
      const [, sender = '', parameters = ''] = /^FROM:<(.*?)>\s*(.*)$/i.exec(argument) ?? [];
      const isTaken = await reply(options.onMail?.(sender, parameters), '250 2.1.0 ok');
      envelope = isTaken ? { sender, parameters, recipients: [] } : undefined;
    },
    async RCPT(argument) {
      const [, recipient = ''] = /^TO:<(.*?)>/i.exec(argument) ?? [];
      if (envelope === undefined) return reply(undefined, '503 5.5.1 no sender');
      const isTaken = await reply(options.onRcpt?.(recipient, envelope.sender), '250 2.1.5 ok');
      return isTaken && envelope.recipients.push(recipient);
    },
    DATA: takeMail,
    RSET() {
      envelope = undefined;
      return reply(undefined, '250 2.0.0 ok');
    },
    NOOP: () => reply(undefined, '250 2.0.0 ok'),
    async QUIT() {
      await reply(undefined, '221 2.0.0 bye');
      socket.end();
    },
  };

  try {
    if (!(await reply(options.onConnect?.(connection), '220 sink ESMTP'))) socket.end();
    for (;;) {
      const line = await reader.line();
      if (line === undefined) break;
      sink.commands.push(line);
      const [verb = '', ...rest] = line.split(' ');
      const handler = handlers[verb.toUpperCase()];
      await (handler === undefined ? reply(undefined, '500 5.5.2 unknown') : handler(rest.join(' ')));
    }
    socket.end();
  } catch (error) {
    if (!(error instanceof Silence)) throw error;
    // Goes on reading, so that the client is not held up by us.
    socket.resume();
  }
}
