/** What every page needs before anything else: its looks, the time and the viewer's zone. */
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => ({
  theme: locals.theme,
  zone: locals.zone,
  now: new Date().toISOString(),
});
