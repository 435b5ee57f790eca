/** A plain SMTP client for tests: sends exactly the bytes it is given and tells every reply. */
import { connect, type Socket } from 'node:net';

export interface SmtpReply {
  readonly code: number;
  /** All lines without the code. */
  readonly text: string;
}

export interface SentMail {
  readonly port: number;
  readonly from: string;
  readonly to: readonly string[];
  /** CRLF line ends; dots are doubled here. */
  readonly raw: Uint8Array;
  readonly helo?: string;
}

/** One reply a recipient, and that to the message (or to whatever refused it before). */
export interface Sending {
  readonly recipients: readonly SmtpReply[];
  readonly final: SmtpReply;
}

export async function sendMail({ port, from, to, raw, helo = 'client.example' }: SentMail): Promise<Sending> {
  const session = await openSmtp(port);
  try {
    await session.command(`EHLO ${helo}`);
    const sender = await session.command(`MAIL FROM:<${from}>`);
    if (sender.code !== 250) return { recipients: [], final: sender };
    const recipients: SmtpReply[] = [];
    for (const recipient of to) recipients.push(await session.command(`RCPT TO:<${recipient}>`));
    if (recipients.every((reply) => reply.code !== 250)) {
      return { recipients, final: recipients[0] ?? sender };
    }
    const go = await session.command('DATA');
    if (go.code !== 354) return { recipients, final: go };
    const final = await session.message(raw);
    return { recipients, final };
  } finally {
    session.close();
  }
}

export interface SmtpDialogue {
  readonly greeting: SmtpReply;
  command(line: string): Promise<SmtpReply>;
  /** Sends the data and its end, dots doubled. */
  message(raw: Uint8Array): Promise<SmtpReply>;
  close(): void;
}

const deadlineMs = 30_000;

async function openSmtp(port: number): Promise<SmtpDialogue> {
  const socket = connect(port, '127.0.0.1');
  const next = replies(socket);
  const greeting = await next();
  return {
    greeting,
    command(line) {
      socket.write(`${line}\r\n`);
      return next();
    },
    message(raw) {
      const text = Buffer.from(raw).toString('latin1').replace(/^\./gm, '..');
      socket.write(Buffer.from(text.endsWith('\r\n') ? `${text}.\r\n` : `${text}\r\n.\r\n`, 'latin1'));
      return next();
    },
    close() {
      socket.end('QUIT\r\n');
    },
  };
}

function replies(socket: Socket): () => Promise<SmtpReply> {
  let buffer = '';
  const waiting: { resolve(reply: SmtpReply): void; reject(error: Error): void }[] = [];
  const ready: SmtpReply[] = [];
  socket.on('data', (chunk) => {
    buffer += chunk.toString('utf8');
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\n/.exec(buffer);
      if (whole === null) return;
      buffer = buffer.slice(whole[0].length);
      const text = whole[0]
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => line.slice(4))
        .join('\n');
      const reply = { code: Number(whole[1]), text };
      const first = waiting.shift();
      if (first === undefined) ready.push(reply);
      else first.resolve(reply);
    }
  });
  const fail = (error: Error): void => {
    for (const one of waiting.splice(0)) one.reject(error);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection is closed')));
  return () =>
    new Promise((resolve, reject) => {
      const known = ready.shift();
      if (known !== undefined) return resolve(known);
      const timer = setTimeout(() => reject(new Error('no reply in time')), deadlineMs);
      waiting.push({
        resolve(reply) {
          clearTimeout(timer);
          resolve(reply);
        },
        reject,
      });
    });
}
