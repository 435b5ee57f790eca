/** Questions over UDP to one name server: few sockets, each for some questions only, so that port and id are hard to guess. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { echoes, encodeQuestion, readHeader, type Question } from './message.ts';

export interface Server {
  readonly address: string;
  readonly port: number;
}

/** The response as bytes; undefined where the server cannot be reached or is silent. */
export type Exchange = (question: Question, edns: boolean, timeoutMs: number) => Promise<Buffer | undefined>;

/** Sockets side by side, and questions after which one gives way to a new one with another port (RFC 5452 §9.2). */
const socketCount = 4;
const questionsPerSocket = 250;

interface Waiting {
  readonly accepts: (response: Buffer) => boolean;
  readonly settle: (response: Buffer | undefined) => void;
}

interface Channel {
  readonly socket: Socket;
  /** False if it could not be connected. */
  readonly ready: Promise<boolean>;
  readonly waiting: Map<number, Waiting>;
  used: number;
}

/** `accepts`: whether a response with the right id answers the question; others are forged or late and change nothing. */
export function createUdp(
  server: Server,
  accepts: (response: Buffer, question: Question) => boolean,
): Exchange {
  const channels: (Channel | undefined)[] = Array.from({ length: socketCount });

  const channelAt = (index: number): Channel => {
    const existing = channels[index];
    if (existing !== undefined && existing.used < questionsPerSocket) return existing;
    const opened = openChannel(server, (broken) => {
      if (channels[index] === broken) channels[index] = undefined;
    });
    channels[index] = opened;
    if (existing !== undefined) closeIfDone(existing);
    return opened;
  };

  return async (question, edns, timeoutMs) => {
    const index = randomInt(socketCount);
    const channel = channelAt(index);
    channel.used += 1;
    const id = freeId(channel.waiting);
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    // The caller's own deadline keeps the process alive, not ours.
    const timer = setTimeout(resolve, timeoutMs, undefined).unref();
    const query = encodeQuestion(id, question, edns);
    channel.waiting.set(id, {
      accepts: (response) => echoes(response, query, question) || accepts(response, question),
      settle: resolve,
    });
    if (await channel.ready) {
      channel.socket.send(query, (error) => {
        if (error !== null) resolve(undefined);
      });
    } else resolve(undefined);
    const response = await promise;
    clearTimeout(timer);
    channel.waiting.delete(id);
    if (channels[index] !== channel) closeIfDone(channel);
    return response;
  };
}

function freeId(taken: ReadonlyMap<number, unknown>): number {
  let id = randomInt(0x1_0000);
  while (taken.has(id)) id = (id + 1) & 0xffff;
  return id;
}

function closeIfDone({ socket, waiting }: Channel): void {
  if (waiting.size > 0) return;
  try {
    socket.close();
  } catch {
    // It had broken before, and is closed.
  }
}

/** Connected: only the server's own packets come in, and the system tells at once when nobody listens there. */
function openChannel({ address, port }: Server, onBroken: (channel: Channel) => void): Channel {
  const isV6 = isIPv6(address);
  const socket = createSocket({
    type: isV6 ? 'udp6' : 'udp4',
    lookup: (host, _options, done) => done(null, host, isV6 ? 6 : 4),
  });
  const connected = Promise.withResolvers<boolean>();
  const channel: Channel = { socket, ready: connected.promise, waiting: new Map(), used: 0 };
  socket.unref();
  socket.on('message', (response) => {
    const header = readHeader(response);
    if (header?.isResponse !== true) return;
    const waiting = channel.waiting.get(header.id);
    if (waiting?.accepts(response) === true) waiting.settle(response);
  });
  socket.on('error', () => {
    connected.resolve(false);
    onBroken(channel);
    for (const { settle } of channel.waiting.values()) settle(undefined);
    closeIfDone(channel);
  });
  socket.connect(port, address, () => connected.resolve(true));
  return channel;
}
