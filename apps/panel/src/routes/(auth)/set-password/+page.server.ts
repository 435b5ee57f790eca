/** Setting a password by the link of an invitation or a reset. */
import { fail, redirect } from '@sveltejs/kit';
import { callAuth } from '#lib/server/auth.ts';
import { textOf } from '#lib/server/form.ts';
import { passwordFault } from '#lib/password.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({ hasToken: url.searchParams.has('token') });

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const newPassword = textOf(form, 'password');
    const fault = passwordFault(newPassword, textOf(form, 'again'));
    if (fault !== undefined) return fail(400, { fault });
    const token = event.url.searchParams.get('token') ?? '';
    const answer = await callAuth(event, 'reset-password', { newPassword, token });
    if (!answer.ok) {
      return fail(answer.status >= 500 ? 502 : 400, {
        isOver: answer.status < 500,
        isAway: answer.status >= 500,
      });
    }
    redirect(303, '/sign-in?set');
  },
};
