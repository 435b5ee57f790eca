/** Asks a server for `SELECT 1` over the wire protocol (version 3.0), which alone shows that it accepts queries. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createScram } from './scram.ts';
import type { Scram, ScramFinal } from './scram.ts';

export interface ProbeTarget {
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

/** `not-yet`: nobody listens, or it still starts; `refused` with SQLSTATE and the server's words. */
export type ProbeAnswer =
  | { readonly status: 'ready' | 'not-yet' }
  | { readonly status: 'refused'; readonly sqlState: string; readonly message: string };

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** Never rejects. */
export async function probe(target: ProbeTarget, deadlineMs: number): Promise<ProbeAnswer> {
  const socket = connect({ host: '127.0.0.1', port: target.port });
  const timer = setTimeout(() => socket.destroy(), deadlineMs);
  try {
    // Sent as soon as it is connected; a refused connection ends the reading below.
    socket.write(startup(target));
    return await converse(socket, target);
  } catch {
    return { status: 'not-yet' };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function converse(socket: Socket, target: ProbeTarget): Promise<ProbeAnswer> {
  const authenticate = authenticator(socket, target.password);
  let asked = false;
  for await (const { type, body } of messages(socket)) {
    if (type === 'E') return refusal(body);
    if (type === 'R' && !(await authenticate(body))) break;
    if (type !== 'Z') continue;
    if (asked) return { status: 'ready' };
    asked = true;
    socket.write(message('Q', Buffer.from('SELECT 1\0')));
  }
  return { status: 'not-yet' };
}

/** Answers the authentication requests; false where the server is not ours or speaks of something else. */
function authenticator(socket: Socket, password: string): (body: Buffer) => Promise<boolean> {
  const scram: Scram = createScram(password);
  let final: ScramFinal | undefined;
  return async (body) => {
    const text = body.toString('utf8', 4);
    switch (body.readInt32BE(0)) {
      case 0:
        return true;
      case 10: {
        const first = Buffer.from(scram.first);
        const length = Buffer.alloc(4);
        length.writeInt32BE(first.length);
        return (
          socket.write(message('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first]))) || true
        );
      }
      case 11:
        final = await scram.answer(text);
        return final !== undefined && (socket.write(message('p', Buffer.from(final.message))) || true);
      case 12:
        return final?.verify(text) === true;
      default:
        return false;
    }
  };
}

/** `57P03` is "cannot connect now": it starts, recovers or stops. */
function refusal(body: Buffer): ProbeAnswer {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  const sqlState = fields.get('C') ?? '';
  if (sqlState === '57P03') return { status: 'not-yet' };
  return { status: 'refused', sqlState, message: fields.get('M') ?? '' };
}

async function* messages(socket: Socket): AsyncGenerator<Message> {
  let buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk as Buffer]);
    while (buffer.length >= 5 && buffer.length >= 1 + buffer.readInt32BE(1)) {
      const end = 1 + buffer.readInt32BE(1);
      yield { type: buffer.toString('latin1', 0, 1), body: buffer.subarray(5, end) };
      buffer = buffer.subarray(end);
    }
  }
}

function startup(target: ProbeTarget): Buffer {
  const parameters = ['user', target.user, 'database', target.database, 'application_name', 'sluice probe'];
  const body = Buffer.concat([Buffer.from([0, 3, 0, 0]), Buffer.from(`${parameters.join('\0')}\0\0`)]);
  return withLength(body);
}

const message = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(type), withLength(body)]);

function withLength(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([length, body]);
}
