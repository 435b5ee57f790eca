/** What-if of a domain: the settings of now, those that are proposed by the address, and all checks. */
import { readProposal } from '#lib/replay/proposal.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params, url }) => {
  const [{ checks }, { items, thresholds }] = await Promise.all([
    api.domains.show.query({ domain: params.name }),
    api.checks.list.query(),
  ]);
  const proposal = readProposal(url.searchParams.get('proposal'));
  return { checks, abouts: items, presetThresholds: thresholds, proposal };
};
