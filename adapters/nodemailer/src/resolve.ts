/** From the name of a host to the addresses that may be connected to: looked up once, and every one looked at. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import { canonicalAddress, isPrivateAddress } from '@sluice/core/policy/private-address.ts';

/** Addresses of a host name; rejects where there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/**
 * DNS first, because a question there holds up nobody else; then what the operating system knows, such as its hosts file and
 * numbers that it takes for addresses. Where DNS gave no answer at all the system would only wait for the same.
 */
export const systemLookup: Lookup = async (host) => {
  const found = host.includes('.') ? await inDns(host) : [];
  if (found.length > 0) return found;
  return (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);
};

const dnsTry = { timeout: 5_000, tries: 2 };

async function inDns(host: string): Promise<readonly string[]> {
  const dns = new Resolver(dnsTry);
  const answers = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const silent = answers.find(
    (answer) => answer.status === 'rejected' && codeOf(answer.reason) === 'ETIMEOUT',
  );
  if (found.length === 0 && silent?.status === 'rejected') throw silent.reason;
  return found;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : '');

/** How many of them are tried, so that a name with hundreds is no burden to anybody. */
const maxAddresses = 4;

export interface ResolveOptions {
  readonly lookUp: Lookup;
  /** Whether private addresses and our own will do. */
  readonly mayBePrivate: boolean;
  /** Our own name: what it leads to is ourselves. */
  readonly ownName: string;
  readonly signal: AbortSignal;
}

export interface Unresolved {
  /** Whether there are addresses, but none that may be connected to. */
  readonly isForbidden: boolean;
  /** A sentence for people. */
  readonly why: string;
}

export async function resolveHost(
  host: string,
  { mayBePrivate, ...options }: ResolveOptions,
): Promise<Result<readonly string[], Unresolved>> {
  const found = isIP(host) === 0 ? await looked(host, options) : ok([host]);
  if (!found.ok) return fail({ isForbidden: false, why: found.error });
  if (mayBePrivate) return ok(found.value.slice(0, maxAddresses));
  const open = found.value.filter((address) => isIP(address) !== 0 && !isPrivateAddress(address));
  if (open.length === 0) return fail(forbidden(`${host} leads to a private address`));
  const own = await ownAddresses(options);
  const others = open.filter((address) => !own.has(canonicalAddress(address)));
  return others.length > 0
    ? ok(others.slice(0, maxAddresses))
    : fail(forbidden(`${host} leads to this service itself`));
}

const forbidden = (what: string): Unresolved => ({
  isForbidden: true,
  why: `${what}; only the operator can route mail there.`,
});

type Asking = Pick<ResolveOptions, 'lookUp' | 'signal' | 'ownName'>;

/** Of this machine, and those under which others know it: behind a router they differ. */
async function ownAddresses(options: Asking): Promise<ReadonlySet<string>> {
  const here = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  const named = await looked(options.ownName, options);
  return new Set([...here, ...(named.ok ? named.value : [])].map(canonicalAddress));
}

async function looked(host: string, { lookUp, signal }: Asking): Promise<Result<readonly string[], string>> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const found = await Promise.race([lookUp(host), late]);
    if (found === undefined) return fail(`No answer from DNS in time for ${host}.`);
    return found.length > 0 ? ok(found) : fail(`${host} has no address.`);
  } catch {
    return fail(`${host} is not known: DNS has no address for it.`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
