/** Changing one's own password. */
import { fail } from '@sveltejs/kit';
import { passwordFault } from '#lib/password.ts';
import { callAuth } from '#lib/server/auth.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const currentPassword = String(form.get('current') ?? '');
    const newPassword = String(form.get('password') ?? '');
    const fault = passwordFault(newPassword, String(form.get('again') ?? ''));
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
