/** Overview of a domain: what came in the last seven days, and which hosts its MX records have to name. */
import { weekOf } from '#lib/domain/week.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api, zone }, params, parent }) => {
  const week = weekOf(new Date(), zone);
  const [{ domain }, overview, hosts, advice] = await Promise.all([
    parent(),
    api.home.overview.query({
      since: week.since,
      until: week.until,
      bucketMinutes: week.bucketMinutes,
    }),
    api.service.mailHosts.query(),
    // The page is worth showing without it.
    api.advice.show.query({ domain: params.name }).catch(() => undefined),
  ]);
  return {
    week,
    hosts: hosts.items,
    advice,
    figures: overview.items.find((one) => one.domain.id === domain.id),
  };
};
