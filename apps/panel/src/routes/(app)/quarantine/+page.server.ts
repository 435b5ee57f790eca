/** The quarantine: the newest mails of what it is narrowed to; figures about them come when they are there. */
import type { Filter } from '#lib/quarantine/filter.ts';
import { type Fault, faultOf } from '#lib/faults.ts';
import type { Api } from '#lib/server/api.ts';
import { queryOf, readFilter } from '#lib/quarantine/filter.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals: { api, zone }, url }) => {
  const filter: Filter = readFilter(url.searchParams);
  const query = queryOf(filter, new Date(), zone);
  const { domain, since, until } = query;
  const within = Object.fromEntries(
    Object.entries({ domain, since, until }).filter(([, value]) => value !== undefined),
  );
  const absent = (): undefined => undefined;
  const count = api.quarantine.count.query(query).catch(absent);
  const facets = api.quarantine.facets.query(within).catch(absent);
  const [found, domains] = await Promise.all([
    firstPage(api, query),
    api.domains.list.query({}).then(
      ({ items }) => items.map(({ name }) => name),
      () => [],
    ),
  ]);
  return { filter, query, found, domains, count, facets };
};

type Found =
  | { readonly page: Awaited<ReturnType<Api['quarantine']['search']['query']>> }
  | { readonly fault: Fault };

/** A search that fails leaves the page, with what was asked, as it is. */
async function firstPage(api: Api, query: ReturnType<typeof queryOf>): Promise<Found> {
  try {
    return { page: await api.quarantine.search.query({ ...query, limit: pageSize }) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}
