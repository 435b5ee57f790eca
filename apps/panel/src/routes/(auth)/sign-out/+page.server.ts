/** Signing out. */
import { redirect } from '@sveltejs/kit';
import { callAuth } from '#lib/server/auth.ts';
import type { Actions, PageServerLoad } from './$types';

/** It is something to do, not a page. */
export const load: PageServerLoad = () => redirect(303, '/');

export const actions: Actions = {
  default: async (event) => {
    await callAuth(event, 'sign-out', {});
    redirect(303, '/sign-in');
  },
};
