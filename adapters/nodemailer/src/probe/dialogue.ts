/** The talk with an SMTP host on one socket: a command, and the reply to it (RFC 5321 §4.2), read with a limit. */
import type { Socket } from 'node:net';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';

export interface Reply {
  readonly code: number;
  /** Lines without their codes. */
  readonly lines: readonly string[];
  /** Code and text in one line, shortened, without control characters. */
  readonly words: string;
}

export interface Dialogue {
  /** The next reply, or in words why there is none. */
  reply(): Promise<Result<Reply, string>>;
  ask(command: string): Promise<Result<Reply, string>>;
  /** Reads no more from the socket; what has come and was not asked for is thrown away (RFC 3207 §6). */
  release(): void;
}

/** A reply has at most this many bytes; no honest one comes near. */
const maxReply = 16_384;
const maxWords = 300;

export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, maxWords);

/** The caller limits the time: when it destroys the socket, the reply that is waited for fails. */
export function openDialogue(socket: Socket): Dialogue {
  let unread = '';
  let ended: string | undefined;
  let wake = (): void => undefined;
  const take = (chunk: Buffer): void => {
    unread += chunk.toString('latin1');
    if (unread.length > maxReply) {
      ended = 'It answers at a length that no mail server does.';
      socket.destroy();
    }
    wake();
  };
  const end = (): void => {
    ended ??= 'It closed the connection.';
    wake();
  };
  socket.on('data', take);
  socket.on('end', end);
  socket.on('close', end);

  const reply = async (): Promise<Result<Reply, string>> => {
    for (;;) {
      const [read, length] = readReply(unread);
      if (read !== undefined) {
        unread = unread.slice(length);
        return read;
      }
      if (ended !== undefined) return fail(ended);
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
  };
  return {
    reply,
    async ask(command) {
      socket.write(`${command}\r\n`);
      return reply();
    },
    release() {
      socket.off('data', take);
      socket.off('end', end);
      socket.off('close', end);
    },
  };
}

/** The first whole reply and how long it is; undefined while it is not whole. */
function readReply(unread: string): readonly [Result<Reply, string> | undefined, number] {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const end = unread.indexOf('\n', at);
    if (end < 0) return [undefined, 0];
    const line = /^(\d{3})([ -]?)(.*?)\r?$/.exec(unread.slice(at, end));
    at = end + 1;
    // Its words stay untold: this may be a service of quite another kind.
    if (line === null) return [fail('It answers, but does not speak SMTP.'), at];
    const [, code = '', separator, text = ''] = line;
    lines.push(text);
    if (separator === '-') continue;
    return [ok({ code: Number(code), lines, words: printable(`${code} ${lines.join(' ')}`) }), at];
  }
}
