/** Changing one's own password. */
import { fail } from '@sveltejs/kit';
import { passwordFault } from '#lib/password.ts';
import { callAuth } from '#lib/server/auth.ts';
import { textOf } from '#lib/server/form.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const currentPassword = textOf(form, 'current');
    const newPassword = textOf(form, 'password');
    const fault = passwordFault(newPassword, textOf(form, 'again'));
    if (fault !== undefined) return fail(400, { fault });
    const answer = await callAuth(event, 'change-password', {
      currentPassword,
      newPassword,
      revokeOtherSessions: true,
    });
    if (answer.ok) return { isChanged: true };
    return answer.status >= 500 ? fail(502, { isAway: true }) : fail(400, { isWrong: true });
  },
};
