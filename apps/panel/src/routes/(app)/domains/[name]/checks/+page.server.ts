/** All checks of a domain, as it has them and as presets would. */
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params }) => {
  const [{ checks }, { items, thresholds }] = await Promise.all([
    api.domains.show.query({ domain: params.name }),
    api.checks.list.query(),
  ]);
  return { checks, abouts: items, presetThresholds: thresholds };
};
