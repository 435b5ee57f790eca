/** A client that sends mails over some connections, either one command at a time or in groups as RFC 2920 allows. */
import { connect, type Socket } from 'node:net';
import { benchDomain } from './mx.ts';

export interface PipeliningLoad {
  readonly port: number;
  readonly mails: number;
  readonly sessions: number;
  readonly size: number;
  readonly pipelined: boolean;
}

/** Replies of one connection, in order; Nagle's algorithm stays on, as with most senders. */
class Replies {
  readonly socket: Socket;
  #text = '';
  #wake: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setTimeout(20_000, () => this.socket.destroy(new Error('no reply within 20 s')));
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    this.socket.once('error', () => this.#wake());
  }

  /** The next so many replies, which must all have this class. */
  async take(count: number): Promise<void> {
    for (let taken = 0; taken < count; taken += 1) {
      let match = /^(?:\d{3}-[^\n]*\n)*(\d)\d{2} [^\n]*\n/.exec(this.#text);
      while (match === null) {
        if (this.socket.destroyed) throw new Error('the server hung up');
        await new Promise<void>((resolve) => (this.#wake = resolve));
        match = /^(?:\d{3}-[^\n]*\n)*(\d)\d{2} [^\n]*\n/.exec(this.#text);
      }
      if (match[1] !== '2' && match[1] !== '3') throw new Error(`refused: ${match[0]}`);
      this.#text = this.#text.slice(match[0].length);
    }
  }
}

const envelope = ['MAIL FROM:<sender@example.org>\r\n', `RCPT TO:<recipient@${benchDomain}>\r\n`, 'DATA\r\n'];

async function session(load: PipeliningLoad, next: () => boolean, message: string): Promise<void> {
  const replies = new Replies(load.port);
  const { socket } = replies;
  await replies.take(1);
  socket.write('EHLO client.example.org\r\n');
  await replies.take(1);
  while (next()) {
    if (load.pipelined) {
      socket.write(envelope.join(''));
      await replies.take(envelope.length);
    } else {
      for (const command of envelope) {
        socket.write(command);
        await replies.take(1);
      }
    }
    socket.write(message);
    await replies.take(1);
  }
  socket.end('QUIT\r\n');
}

/** Mails a second. */
export async function sendMails(load: PipeliningLoad): Promise<number> {
  const line = `${'x'.repeat(70)}\r\n`;
  const body = line.repeat(Math.ceil(load.size / line.length));
  const message = `From: sender@example.org\r\nSubject: bench\r\n\r\n${body}.\r\n`;
  let left = load.mails;
  const next = (): boolean => left-- > 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: load.sessions }, () => session(load, next, message)));
  return load.mails / ((performance.now() - start) / 1_000);
}
