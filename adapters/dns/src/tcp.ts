/** One question over TCP (RFC 7766), for answers that do not fit into a packet. */
import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { encodeQuestion, readHeader } from './message.ts';
import type { Exchange, Server } from './udp.ts';

export const createTcp =
  ({ address, port }: Server): Exchange =>
  (question, edns, timeoutMs) => {
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    const id = randomInt(0x1_0000);
    const socket = connect({ host: address, port });
    socket.unref();
    const end = (response: Buffer | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(response);
    };
    const timer = setTimeout(end, timeoutMs, undefined).unref();
    let received = Buffer.alloc(0);
    socket.on('connect', () => {
      const message = encodeQuestion(id, question, edns);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
    // At most the 65,535 octets that the length can say, and one packet.
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length < 2 ? undefined : received.readUInt16BE(0);
      if (length === undefined || received.length < length + 2) return;
      const response = received.subarray(2, length + 2);
      const header = readHeader(response);
      end(header?.isResponse === true && header.id === id ? response : undefined);
    });
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
    return promise;
  };
