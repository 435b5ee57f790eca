/** Asks DNS by the resolver of Node (c-ares): the system's name servers, or the one that is named. */
import { Resolver as NodeResolver } from 'node:dns/promises';
import type { DnsAnswer, DnsType, Resolver } from '@sluice/core/ports/resolver.ts';
import { createDeadline } from './deadline.ts';
import { createLiveness } from './liveness.ts';

export interface ResolverOptions {
  /** `address:port` of a name server; without it those of the system. */
  readonly server?: string;
  /** Time for one try, in ms. The deadline of a question ends it all the same. */
  readonly tryMs?: number;
  readonly tries?: number;
  /** From how long on a question raises the suspicion that the name server is dead, in ms. */
  readonly slowMs?: number;
  /** How long a dead name server is left alone, in ms; until then questions fail at once. */
  readonly recheckMs?: number;
}

const defaults = { tryMs: 2_000, tries: 2, slowMs: 1_000, recheckMs: 5_000 } as const;

export function createResolver(options: ResolverOptions = {}): Resolver {
  const { server, tryMs, tries, slowMs, recheckMs } = { ...defaults, ...options };
  const open = (timeout: number) => {
    const opened = new NodeResolver({ timeout, tries });
    if (server !== undefined) opened.setServers([server]);
    return opened;
  };
  const dns = open(tryMs);
  const deadline = createDeadline();
  const liveness = createLiveness({ probe: () => answersAnything(open(slowMs / 2)), slowMs, recheckMs });

  return {
    async resolve(name, type, { deadlineMs }): Promise<DnsAnswer> {
      if (!isAskable(name)) return { status: 'no-name' };
      try {
        const asked = await deadline.within(
          liveness.guard(() => ask(dns, name, type)),
          deadlineMs,
        );
        if (!asked.ok) return { status: 'failed', message: `no answer within ${deadlineMs} ms` };
        if (asked.value === undefined) return { status: 'failed', message: 'no name server answers' };
        return asked.value.length === 0 ? { status: 'no-data' } : { status: 'found', records: asked.value };
      } catch (error) {
        return fromError(error);
      }
    },
  };
}

/** Every name server has something to say of the root, if only that it will not. */
async function answersAnything(dns: NodeResolver): Promise<boolean> {
  try {
    await dns.resolveNs('.');
    return true;
  } catch (error) {
    return !['ETIMEOUT', 'ECONNREFUSED'].includes(codeOf(error));
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

async function ask(dns: NodeResolver, name: string, type: DnsType): Promise<readonly string[]> {
  switch (type) {
    case 'A':
      return dns.resolve4(name);
    case 'AAAA':
      return dns.resolve6(name);
    case 'PTR':
      return (await dns.resolvePtr(name)).map(withoutDot);
    case 'TXT':
      return (await dns.resolveTxt(name)).map((strings) => strings.join(''));
    case 'MX': {
      const records = (await dns.resolveMx(name)).toSorted((a, b) => a.priority - b.priority);
      // A null MX (RFC 7505) has the root as its exchange.
      return records.map(({ priority, exchange }) => `${priority} ${withoutDot(exchange) || '.'}`);
    }
    default:
      return type satisfies never;
  }
}

const withoutDot = (name: string): string => name.replace(/\.$/, '');

/** Names that cannot exist (RFC 1035 §2.3.4) are never sent. */
const isAskable = (name: string): boolean =>
  name.length <= 254 &&
  withoutDot(name)
    .split('.')
    .every((label) => label.length > 0 && Buffer.byteLength(label) <= 63);

const messages: Readonly<Record<string, string>> = {
  ESERVFAIL: 'the name server could not answer (SERVFAIL)',
  EREFUSED: 'the name server refused the question',
  ETIMEOUT: 'the name server did not answer',
  ECONNREFUSED: 'no name server could be reached',
};

function fromError(error: unknown): DnsAnswer {
  const code = codeOf(error);
  if (code === 'ENODATA') return { status: 'no-data' };
  if (code === 'ENOTFOUND' || code === 'EBADNAME') return { status: 'no-name' };
  return { status: 'failed', message: messages[code] ?? `DNS failed (${code || String(error)})` };
}
