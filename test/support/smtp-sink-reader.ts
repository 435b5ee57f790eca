/** Reads command lines and mails from a socket, one after the other, however the bytes arrive. */
import type { Socket } from 'node:net';

export interface SinkReader {
  /** The next line without its end; undefined at the end of the connection. */
  line(): Promise<string | undefined>;
  /** Up to the line with a single dot, without it and without dot-stuffing. Rejects if the connection ends before. */
  message(): Promise<Buffer>;
  /** Leaves the socket alone; what has arrived and was not read is dropped. */
  release(): void;
}

const endOfMessage = Buffer.from('\r\n.\r\n');

export function createSinkReader(socket: Socket): SinkReader {
  let arrived: Buffer = Buffer.alloc(0);
  let hasEnded = false;
  let wake: (() => void) | undefined;
  const onData = (chunk: Buffer): void => {
    arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk]);
    wake?.();
  };
  const onEnd = (): void => {
    hasEnded = true;
    wake?.();
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onEnd);

  /** All that has arrived, at least one byte; undefined at the end. */
  const take = async (): Promise<Buffer | undefined> => {
    while (arrived.length === 0) {
      if (hasEnded) return undefined;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const taken = arrived;
    arrived = Buffer.alloc(0);
    return taken;
  };
  const giveBack = (rest: Buffer): void => {
    arrived = arrived.length === 0 ? rest : Buffer.concat([rest, arrived]);
  };

  return {
    async line() {
      let text: Buffer = Buffer.alloc(0);
      for (;;) {
        const taken = await take();
        if (taken === undefined) return undefined;
        text = Buffer.concat([text, taken]);
        const end = text.indexOf('\n');
        if (end < 0) continue;
        giveBack(text.subarray(end + 1));
        return text.toString('utf8', 0, end).replace(/\r$/, '');
      }
    },
    async message() {
      // As if a line had just ended, so that a first line that is a dot ends an empty mail.
      const chunks: Buffer[] = [Buffer.from('\r\n')];
      let tail: Buffer = Buffer.from('\r\n');
      for (;;) {
        const taken = await take();
        if (taken === undefined) throw new Error('the connection ended within a mail');
        const seam = Buffer.concat([tail, taken]);
        const end = seam.indexOf(endOfMessage);
        if (end >= 0) {
          const used = end + endOfMessage.length - tail.length;
          chunks.push(taken.subarray(0, used));
          giveBack(taken.subarray(used));
          return unstuff(Buffer.concat(chunks));
        }
        chunks.push(taken);
        tail = seam.subarray(Math.max(0, seam.length - endOfMessage.length + 1));
      }
    },
    release() {
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('close', onEnd);
    },
  };
}

/** From CRLF, the mail as sent, and the end of the message, to the mail (RFC 5321 §4.5.2). */
function unstuff(sent: Buffer): Buffer {
  const text = sent.subarray(0, sent.length - 3).toString('latin1');
  return Buffer.from(text.replaceAll('\r\n.', '\r\n').slice(2), 'latin1');
}
