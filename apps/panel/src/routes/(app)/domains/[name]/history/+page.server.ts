/** Changes of a domain, a page of them; and, where a revision is asked for, the settings as they were then. */
import { kindOf } from '#lib/domain/kinds.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals: { api }, params, url }) => {
  const domain = params.name;
  const kind = kindOf(url.searchParams.get('kind'));
  const cursor = url.searchParams.get('before');
  const changes = await api.domains.changes.query({
    domain,
    limit: pageSize,
    ...(kind.types.length === 0 ? {} : { types: [...kind.types] }),
    ...(cursor === null ? {} : { cursor }),
  });
  return { kind: kind.name, isFirst: cursor === null, changes };
};
