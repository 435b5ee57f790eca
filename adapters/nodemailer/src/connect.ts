/** Opens a socket to one of the addresses that a host was resolved to, and to no other. */
import { connect, type Socket } from 'node:net';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';

export interface Connected {
  readonly socket: Socket;
  readonly address: string;
}

export interface ConnectOptions {
  readonly port: number;
  /** For all addresses together: each gets its share. */
  readonly deadlineMs: number;
  /** Destroys the socket, even later. */
  readonly signal: AbortSignal;
}

/** The first address that takes the connection. */
export async function connectFirst(
  addresses: readonly string[],
  { port, deadlineMs, signal }: ConnectOptions,
): Promise<Result<Connected, string>> {
  const end = performance.now() + deadlineMs;
  const failures: string[] = [];
  for (const [index, address] of addresses.entries()) {
    const share = (end - performance.now()) / (addresses.length - index);
    const opened = await open(address, { port, deadlineMs: share, signal });
    if (opened.ok) return ok({ socket: opened.value, address });
    failures.push(`${address} port ${port}: ${opened.error}`);
    if (signal.aborted) break;
  }
  return fail(`${failures.join('; ')}.`);
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'it closed the connection',
};

function open(host: string, { port, deadlineMs, signal }: ConnectOptions): Promise<Result<Socket, string>> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, autoSelectFamily: false });
    const stop = (): void => {
      socket.destroy();
      resolve(fail('no answer in time'));
    };
    const timer = setTimeout(stop, Math.max(deadlineMs, 1));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(ok(socket));
    });
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
      resolve(fail(words[code] ?? `failed (${code})`)),
    );
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}
