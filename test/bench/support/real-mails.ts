/** Real mails of the test corpus as an SMTP client sends them, and a client that sends each over a connection of its own. */
import { connect } from 'node:net';
import { asReceived, readMail } from '../../support/corpus.ts';
import { benchDomain } from './mx.ts';

const collections = ['spamassassin', 'csdmc2010', 'enron', 'usrp-users', 'foff-milter', 'phishing-pot'];

/** Every n-th of all collections, so that they are mixed as they are in the whole. */
export function someMails(count: number): readonly Uint8Array[] {
  const all = collections.flatMap((name) => [...readMail(name)]);
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, n) => all[Math.floor(n * step)])
    .filter((file) => file !== undefined)
    .map(({ bytes }) => asReceived(bytes));
}

/** With dots doubled and the end of data behind it (RFC 5321 §4.5.2). */
export function asData(mail: Uint8Array): Buffer {
  const text = Buffer.from(mail).toString('latin1').replace(/^\./gm, '..');
  return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}

export interface RealLoad {
  readonly port: number;
  readonly mails: readonly Buffer[];
  readonly sessions: number;
  readonly localAddress: string | undefined;
}

export interface RealSending {
  /** Milliseconds from the final dot to its reply. */
  readonly waits: readonly number[];
  /** Milliseconds from DATA to its 354. */
  readonly asked: readonly number[];
  readonly taken: number;
  readonly refused: number;
  readonly seconds: number;
}

export async function sendReal({ port, mails, sessions, localAddress }: RealLoad): Promise<RealSending> {
  const waits: number[] = [];
  const asked: number[] = [];
  let taken = 0;
  let next = 0;
  const session = async (): Promise<void> => {
    for (let at = next++; at < mails.length; at = next++) {
      const one = await sendOne({ port, localAddress, data: mails[at]!, sender: senderOf(at) });
      waits.push(one.ms);
      asked.push(one.askedMs);
      if (one.code === '2') taken += 1;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: sessions }, session));
  const seconds = (performance.now() - began) / 1_000;
  return { waits, asked, taken, refused: mails.length - taken, seconds };
}

/** Some thousand of them, as a domain has. */
const senderOf = (n: number): string => `news@sender${n % 2_000}.example`;

interface OneMail {
  readonly port: number;
  readonly localAddress: string | undefined;
  readonly data: Buffer;
  readonly sender: string;
}

interface Sent {
  readonly code: string;
  readonly ms: number;
  readonly askedMs: number;
}

/** Rejects where the server hangs up before its reply to the message, or lets it wait for 30 s. */
function sendOne({ port, localAddress, data, sender }: OneMail): Promise<Sent> {
  const commands = [
    'EHLO client.example.org\r\n',
    `MAIL FROM:<${sender}>\r\n`,
    `RCPT TO:<recipient@${benchDomain}>\r\n`,
    'DATA\r\n',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...(localAddress && { localAddress }), noDelay: true });
    socket.setTimeout(30_000, () => socket.destroy(new Error('no reply within 30 s')));
    let step = 0;
    let asked = 0;
    let dot = 0;
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const reply = /^(?:\d{3}-[^\n]*\n)*(\d)\d{2} [^\n]*\n$/.exec(text);
      if (reply === null) return;
      text = '';
      const code = reply[1] ?? '';
      step += 1;
      if (step <= commands.length && (code === '2' || code === '3')) {
        socket.write(commands[step - 1] ?? '');
        asked = performance.now();
        return;
      }
      if (step === commands.length + 1 && code === '3') {
        dot = performance.now();
        socket.write(data);
        return;
      }
      resolve({
        code,
        ms: dot === 0 ? 0 : performance.now() - dot,
        askedMs: dot === 0 ? 0 : dot - asked,
      });
      socket.end('QUIT\r\n');
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server hung up')));
  });
}
