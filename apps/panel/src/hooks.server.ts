/** Every request of a page: who asks, the api in their name, and how the page is to look. */
import { redirect } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { asZone, zoneCookie } from '#lib/clock.ts';
import { faultOf } from '#lib/faults.ts';
import { createServerApi } from '#lib/server/api.ts';
import { readSession } from '#lib/server/session.ts';
import { asTheme, themeCookie } from '#lib/theme.ts';

export const handle: Handle = async ({ event, resolve }) => {
  const { locals, cookies, request, route, url } = event;
  // Set by server/server.ts, which overwrites whatever a client says under this name.
  locals.apiUrl = request.headers.get('x-sluice-api') ?? 'http://127.0.0.1:4000';
  locals.api = createServerApi(event, locals.apiUrl);
  locals.theme = asTheme(cookies.get(themeCookie));
  locals.zone = asZone(cookies.get(zoneCookie));
  locals.session = null;
  locals.fault = null;
  if (route.id?.startsWith('/(app)')) {
    const read = await readSession(locals.api);
    if ('fault' in read) locals.fault = read.fault;
    else if (read.session === null)
      redirect(303, `/sign-in?to=${encodeURIComponent(url.pathname + url.search)}`);
    else locals.session = read.session;
  }
  const response = await resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%theme%', locals.theme),
  });
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');
  return response;
};

/** A person gets a sentence; what went wrong inside stays inside. */
export const handleError: HandleServerError = ({ kind, error }) => {
  if (kind === 'unknown') return faultOf(error);
  if (kind === 'framework' && error.status === 404) {
    return { message: 'There is no such page.' };
  }
  return {
    message: error instanceof Object && 'message' in error ? String(error.message) : 'Something went wrong.',
  };
};
