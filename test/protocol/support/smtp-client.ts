/** A scripted SMTP client on a bare socket: writes exactly what it is told, and hands back what was answered. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One reply of the server; a multi-line one has all its lines. */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

const deadlineMs = 5_000;

export class SmtpClient {
  #socket: Socket;
  #buffer = '';
  #isEnded = false;
  #wake: () => void = () => undefined;
  /** Pieces as they came off the socket. */
  readonly chunks: string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Connected, the greeting not yet read. */
  static async open(port: number): Promise<SmtpClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return new SmtpClient(socket);
  }

  /** Greeted, and greeted back. */
  static async ready(port: number, helo = 'EHLO client.example.org'): Promise<SmtpClient> {
    const client = await SmtpClient.open(port);
    await client.reply();
    await client.ask(helo);
    return client;
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk.toString('latin1'));
      this.#buffer += chunk.toString('latin1');
      this.#wake();
    });
    const over = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    socket.on('end', over);
    socket.on('close', over);
    socket.on('error', over);
  }

  write(text: string | Uint8Array): void {
    this.#socket.write(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
  }

  /** The next reply, or undefined where the server has hung up. */
  async next(): Promise<Reply | undefined> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      const match = /^(?:(\d{3})-[^\n]*\r\n)*(\d{3})(?: ([^\n]*))?\r\n/.exec(this.#buffer);
      if (match !== null) {
        this.#buffer = this.#buffer.slice(match[0].length);
        return { code: Number(match[2]), text: match[0].trimEnd() };
      }
      if (this.#isEnded) return undefined;
      const left = end - performance.now();
      if (left <= 0)
        throw new Error(`no reply within ${deadlineMs} ms; so far: ${JSON.stringify(this.#buffer)}`);
      await this.#news(left);
    }
  }

  async reply(): Promise<Reply> {
    const reply = await this.next();
    if (reply === undefined) throw new Error('the server hung up');
    return reply;
  }

  async ask(line: string): Promise<Reply> {
    this.write(`${line}\r\n`);
    return this.reply();
  }

  /** MAIL, RCPT and DATA; the last reply. */
  async begin(sender: string, ...recipients: string[]): Promise<Reply> {
    await this.ask(`MAIL FROM:<${sender}>`);
    for (const recipient of recipients) await this.ask(`RCPT TO:<${recipient}>`);
    return this.ask('DATA');
  }

  /** A whole mail; the reply to it. */
  async send(sender: string, recipient: string, content: string | Uint8Array): Promise<Reply> {
    const begun = await this.begin(sender, recipient);
    if (begun.code !== 354) return begun;
    return this.message(content);
  }

  /** The content with dots doubled, and the end of data. */
  async message(content: string | Uint8Array): Promise<Reply> {
    this.write(stuffed(content));
    return this.reply();
  }

  /** True once the server has closed its side. */
  async ended(): Promise<boolean> {
    const end = performance.now() + deadlineMs;
    while (!this.#isEnded && performance.now() < end) await this.#news(end - performance.now());
    return this.#isEnded;
  }

  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => resolve());
      secure.once('error', reject);
    });
    this.#buffer = '';
    this.#socket = secure;
    this.#listen(secure);
  }

  /** Closes our side only. */
  halfClose(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  #news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** As it goes over the wire (RFC 5321 §4.5.2), `<CRLF>.<CRLF>` included. */
function stuffed(content: string | Uint8Array): Buffer {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  const encoding = typeof content === 'string' ? 'utf8' : 'latin1';
  const dotted = text.replace(/\r\n\./g, '\r\n..').replace(/^\./, '..');
  return Buffer.from(`${dotted}${dotted.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, encoding);
}
