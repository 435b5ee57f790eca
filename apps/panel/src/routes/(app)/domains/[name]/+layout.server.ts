/** One domain, without what only single pages of it need. */
import type { DomainSummary } from '#lib/domain/domain.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params }) => {
  const { checks: _, lists, ...rest } = await locals.api.domains.show.query({ domain: params.name });
  const domain: DomainSummary = { ...rest, listed: lists.length };
  return { domain };
};
