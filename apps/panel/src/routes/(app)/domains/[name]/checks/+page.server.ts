/** All checks of a domain, as it has them and as presets would. */
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const [{ checks }, taught, { items, thresholds }] = await Promise.all([
    api.domains.show.query({ domain: params.name }),
    api.training.show.query({ domain: params.name }),
    api.checks.list.query(),
  ]);
  return { checks, taught, abouts: items, presetThresholds: thresholds };
};
