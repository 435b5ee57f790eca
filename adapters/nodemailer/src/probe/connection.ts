/** From the name of a host to a socket: resolved first, looked at, and connected to at exactly that address. */
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import { isPrivateAddress } from '@sluice/core/policy/private-address.ts';

/** Addresses of a host name; rejects where there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** As the operating system knows names: its hosts file counts, as it does for deliveries. */
export const systemLookup: Lookup = async (host) =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/** How many of them are tried, so that a name with hundreds is no burden to anybody. */
const maxAddresses = 4;

export interface ResolveOptions {
  readonly lookUp: Lookup;
  readonly mayBePrivate: boolean;
  readonly signal: AbortSignal;
}

export async function resolveHost(
  host: string,
  { lookUp, mayBePrivate, signal }: ResolveOptions,
): Promise<Result<readonly string[], string>> {
  const addresses = isIP(host) === 0 ? await looked(host, lookUp, signal) : ok([host]);
  if (!addresses.ok || mayBePrivate) return addresses;
  const open = addresses.value.filter((address) => isIP(address) !== 0 && !isPrivateAddress(address));
  return open.length > 0
    ? ok(open)
    : fail(`${host} leads to a private address; only the operator can route mail there.`);
}

async function looked(
  host: string,
  lookUp: Lookup,
  signal: AbortSignal,
): Promise<Result<readonly string[], string>> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const found = await Promise.race([lookUp(host), late]);
    if (found === undefined) return fail(`No answer from DNS in time for ${host}.`);
    return found.length > 0 ? ok(found.slice(0, maxAddresses)) : fail(`${host} has no address.`);
  } catch {
    return fail(`${host} is not known: DNS has no address for it.`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export interface Connected {
  readonly socket: Socket;
  readonly address: string;
}

/** The first address that takes the connection. The socket is destroyed when the signal aborts. */
export async function connectFirst(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Result<Connected, string>> {
  const failures: string[] = [];
  for (const address of addresses) {
    const opened = await open(address, port, signal);
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

function open(host: string, port: number, signal: AbortSignal): Promise<Result<Socket, string>> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, autoSelectFamily: false });
    const stop = (): void => {
      socket.destroy();
      resolve(fail('no answer in time'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => resolve(ok(socket)));
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
      resolve(fail(words[code] ?? `failed (${code})`)),
    );
    socket.once('close', () => signal.removeEventListener('abort', stop));
  });
}
