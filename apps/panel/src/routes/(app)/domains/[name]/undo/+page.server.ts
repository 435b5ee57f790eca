/** Undoing an incident: the checks and lists that may have been wrong, and earlier orders. */
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params, url }) => {
  const [{ checks, lists }, { items: abouts }, { items: orders }] = await Promise.all([
    api.domains.show.query({ domain: params.name }),
    api.checks.list.query(),
    api.undo.list.query({ domain: params.name }),
  ]);
  const wanted = {
    check: url.searchParams.get('check') ?? '',
    pattern: url.searchParams.get('pattern') ?? '',
  };
  return { checks, lists, abouts, orders, wanted };
};
