/** One question to clamd and its answer, over a connection of its own, always settled by the deadline. */
import { createConnection } from 'node:net';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { ClamdAddress } from './address.ts';

/** No true answer is nearly as long. */
const maxReplyBytes = 64 * 1024;

export interface Question {
  /** What to send, piece by piece, at clamd's pace. */
  readonly frames: Iterable<Uint8Array>;
  readonly deadlineMs: number;
}

/** clamd's answer up to its closing NUL, or in words why there was none. Never throws. */
export function exchange(address: ClamdAddress, question: Question): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const frames = question.frames[Symbol.iterator]();
    let reply = Buffer.alloc(0);
    let isSent = false;

    const settle = (result: Result<string, string>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(
      () => settle(fail(`clamd at ${nameOf(address)} gave no answer within ${question.deadlineMs} ms`)),
      question.deadlineMs,
    );

    function send(): void {
      if (socket.destroyed) return;
      const frame = frames.next();
      isSent = frame.done === true;
      if (frame.done === true) return;
      // Between two pieces the loop turns once, so that an answer that comes early (too large) is read in most cases
      // before the next write meets a closed connection, which hides it.
      if (socket.write(frame.value)) setImmediate(send);
      else socket.once('drain', send);
    }

    socket.on('connect', send);
    socket.on('data', (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk]);
      const end = reply.indexOf(0);
      if (end >= 0) settle(ok(reply.toString('utf8', 0, end)));
      else if (reply.length > maxReplyBytes) settle(fail(`clamd at ${nameOf(address)} answers without end`));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isCut = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      settle(fail(isCut ? describeCut(address, isSent) : describe(address, error)));
    });
    socket.on('close', () => settle(fail(describeCut(address, isSent))));
  });
}

const nameOf = (address: ClamdAddress): string =>
  'path' in address ? address.path : `${address.host}:${address.port}`;

function describe(address: ClamdAddress, error: NodeJS.ErrnoException): string {
  const name = nameOf(address);
  switch (error.code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `no clamd is listening at ${name}`;
    default:
      return `clamd at ${name} cannot be reached: ${error.message}`;
  }
}

function describeCut(address: ClamdAddress, isSent: boolean): string {
  const what = `clamd at ${nameOf(address)} closed the connection`;
  return isSent
    ? `${what} without an answer`
    : `${what} in the middle: it has ended, or the mail is larger than its StreamMaxLength`;
}
