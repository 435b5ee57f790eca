/** Home: the figures of every domain, and how the service is. */
import { asPeriod, periodOf } from '#lib/home/period.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const period = periodOf(asPeriod(url.searchParams.get('period')), new Date(), locals.zone);
  const { since, until, bucketMinutes } = period;
  const [{ items }, health] = await Promise.all([
    locals.api.home.overview.query({ since, until, bucketMinutes }),
    locals.api.service.health.query(),
  ]);
  return { period, items, health };
};
