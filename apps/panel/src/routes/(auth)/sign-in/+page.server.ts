/** Signing in: a form that works without any script. */
import { fail, redirect } from '@sveltejs/kit';
import { callAuth, safePath } from '#lib/server/auth.ts';
import { textOf } from '#lib/server/form.ts';
import { readSession } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const to = safePath(url.searchParams.get('to'));
  const read = await readSession(locals.api);
  if ('session' in read && read.session !== null) redirect(303, to);
  return { isNew: url.searchParams.has('set'), message: 'fault' in read ? read.fault.message : undefined };
};

const sentences: Readonly<Record<number, string>> = {
  429: 'Too many tries. Please wait a minute.',
  502: 'The service does not answer at the moment. Please try again shortly.',
};

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData();
    const email = textOf(form, 'email').trim();
    const password = textOf(form, 'password');
    const answer = await callAuth(event, 'sign-in/email', {
      email,
      password,
      rememberMe: form.has('remember'),
    });
    if (!answer.ok) {
      const message = sentences[answer.status] ?? 'Email and password do not belong together.';
      return fail(answer.status >= 500 ? 502 : 400, { email, message });
    }
    redirect(303, safePath(event.url.searchParams.get('to')));
  },
};
