/** Pages for people who are signed in. */
import { error } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals }) => {
  if (locals.fault !== null) error(locals.fault.status, locals.fault.message, { retry: locals.fault.retry });
  // hooks.server.ts has sent everybody else to sign in.
  if (locals.session === null) error(401, 'Sign in first.', {});
  return { session: locals.session };
};
