/** Allow and block lists of a domain; adding and removing entries work without scripts, too. */
import { fail } from '@sveltejs/kit';
import { entryOf, keyOf } from '#lib/domain/entry.ts';
import { faultOf } from '#lib/faults.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api }, params, url }) => {
  const { items } = await api.domains.lists.query({ domain: params.name });
  return { entries: items, text: url.searchParams.get('text') ?? '' };
};

export const actions: Actions = {
  add: async ({ locals: { api, zone }, params, request }) => {
    const entry = entryOf(await request.formData(), zone);
    try {
      const { position } = await api.domains.settings.list.mutate({ domain: params.name, ...entry });
      if (position !== undefined) await api.domains.lists.query({ domain: params.name, after: position });
      return { position, added: entry };
    } catch (thrown) {
      const fault = faultOf(thrown);
      return fail(fault.status, { fault: fault.message, entry });
    }
  },

  remove: async ({ locals: { api }, params, request }) => {
    const key = keyOf(await request.formData());
    try {
      const { position } = await api.domains.settings.unlist.mutate({ domain: params.name, ...key });
      if (position !== undefined) await api.domains.lists.query({ domain: params.name, after: position });
      return { position };
    } catch (thrown) {
      const fault = faultOf(thrown);
      return fail(fault.status, { removeFault: fault.message });
    }
  },
};
