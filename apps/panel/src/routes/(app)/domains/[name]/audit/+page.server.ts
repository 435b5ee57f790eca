/** Audit of a domain: the signed daily roots; verifying is asked for by the page. */
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const { key, items } = await api.decisions.days.query({ domain: params.name });
  return { key, days: items };
};
