/** Settings of a domain as they were at a revision, beside those of now. */
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const revision = /^\d{1,9}$/.test(params.revision) ? Number(params.revision) : undefined;
  const [now, checks] = await Promise.all([
    api.domains.show.query({ domain: params.name }),
    api.checks.list.query(),
  ]);
  if (revision === undefined || revision > now.revision) {
    error(404, `The settings of ${now.name} have no such revision yet.`, {});
  }
  const past = await api.domains.show.query({ domain: params.name, at: revision });
  return { revision, past, now, abouts: checks.items };
};
