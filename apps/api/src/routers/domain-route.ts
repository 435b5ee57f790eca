/** The test of a domain's route: what a delivery would meet there, without sending anything. */
import type { DomainDetails } from '@sluice/core/domain/domain.ts';
import { parseRoute, routeText } from '@sluice/core/domain/route.ts';
import { refuse } from '@sluice/core/kernel/result.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { RouteHost } from '@sluice/core/ports/delivery.ts';
import type { ProbedHost } from '@sluice/core/ports/route-probe.ts';
import { type DomainView, isRouteTrusted } from '@sluice/postgres';
import type { Services } from '../services.ts';
import { must } from '../trpc.ts';

const deadlineMs = 10_000;

interface Asking {
  readonly scope: TenantScope;
  readonly services: Services;
}

export interface TestedHost extends ProbedHost {
  /** As it is written in a route. */
  readonly url: string;
}

/** `urls`: instead of the route that is set. All hosts at once. */
export async function testRoute(
  asking: Asking,
  domain: DomainView,
  urls: readonly string[] | undefined,
): Promise<readonly TestedHost[]> {
  const { details } = domain;
  const hosts = urls === undefined ? details.route : urls.map((url) => must(parseRoute(url)));
  if (hosts.length === 0) {
    must(refuse('no-route', `${details.name} has no route yet; set one, or name the hosts to test.`));
  }
  const isTrusted = await trustIn(asking, domain);
  return Promise.all(
    hosts.map(async (host) => ({
      url: routeText(host),
      ...(await asking.services.routeProbe.probe({
        host,
        recipient: `postmaster@${details.name}`,
        mayBePrivate: isTrusted(host),
        deadlineMs,
      })),
    })),
  );
}

/** Only the operator leads us to private addresses: by asking, or by having set the route as it stands. */
async function trustIn(
  { scope, services }: Asking,
  domain: DomainView,
): Promise<(host: RouteHost) => boolean> {
  if (scope.kind === 'service') return () => true;
  const isOperators = await isRouteTrusted(scope, services.db, domain);
  return (host) => isOperators && isOfRoute(domain.details, host);
}

const isOfRoute = ({ route }: DomainDetails, host: RouteHost): boolean =>
  route.some((one) => routeText(one) === routeText(host));
