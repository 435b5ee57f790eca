/** All domains that one may see, with what came in the last seven days. */
import { weekOf } from '#lib/domain/week.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api, zone } }) => {
  const week = weekOf(new Date(), zone);
  const [domains, figures] = await Promise.all([
    api.domains.list.query({}),
    api.home.overview.query({
      since: week.since,
      until: week.until,
      bucketMinutes: week.bucketMinutes,
    }),
  ]);
  return { domains: domains.items, figures: figures.items };
};
