/** The members of the account, and the domains that they can be kept to. */
import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api, session } }) => {
  if (session?.account === null) error(404, 'The operator has no account, and so no members.', {});
  const [members, domains] = await Promise.all([api.members.list.query({}), api.domains.list.query({})]);
  return {
    members: members.items,
    domains: domains.items.map(({ id, name }) => ({ id, name })),
  };
};
