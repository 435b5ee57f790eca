/** Routes: written as URLs, never to private addresses unless the operator sets them; names are looked at on delivery. */
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { isPrivateHost } from '../policy/private-address.ts';
import type { RouteHost } from '../ports/delivery.ts';
import type { DomainCommand, DomainDetails } from './domain.ts';
import type { DomainDecided } from './refusal.ts';

const maxHosts = 8;

export function setRoute(
  { hosts, trusted }: Extract<DomainCommand, { type: 'SetRoute' }>['data'],
  state: DomainDetails,
): DomainDecided {
  if (hosts.length === 0 || hosts.length > maxHosts) {
    return refuse('bad-route', `A route has 1 to ${maxHosts} hosts, each like smtp://mail.example.org:25.`);
  }
  // Said again by a customer, a route of the operator's stays as it is.
  const isSame = JSON.stringify(hosts) === JSON.stringify(state.route);
  if (isSame && (state.routeTrusted === true || !trusted)) return ok([]);
  const inside = trusted ? undefined : hosts.find(({ host }) => isPrivateHost(host));
  if (inside !== undefined) {
    return refuse(
      'private-target',
      `${inside.host} is a private address; only the operator can route mail there.`,
    );
  }
  return ok([{ type: 'RouteSet', data: { hosts, trusted } }]);
}

/** `smtp://host[:port][?tls=required|opportunistic|none]`; port 25 and `opportunistic` by default. */
export function parseRoute(text: string): Result<RouteHost, Refusal<'bad-route'>> {
  const shape =
    /^smtp:\/\/(\[[0-9a-fA-F:.]+\]|[^\s/:?@]+)(?::(\d{1,5}))?\/?(?:\?tls=(required|opportunistic|none))?$/;
  const [, host = '', port = '25', tls = 'opportunistic'] = shape.exec(text.trim()) ?? [];
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) {
    return refuse(
      'bad-route',
      `“${text.slice(0, 80)}” is no route; write it like smtp://mail.example.org:25?tls=required.`,
    );
  }
  return ok({ host: host.replace(/^\[|\]$/g, ''), port: Number(port), tls: tls as RouteHost['tls'] });
}

/** A host as `parseRoute` reads it. */
export const routeText = ({ host, port, tls }: RouteHost): string =>
  `smtp://${host.includes(':') ? `[${host}]` : host}:${port}${tls === 'opportunistic' ? '' : `?tls=${tls}`}`;
