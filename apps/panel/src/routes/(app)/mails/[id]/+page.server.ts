/** One mail: why it was judged so, what is in it, and its release. */
import { fail } from '@sveltejs/kit';
import { faultOf } from '#lib/faults.ts';
import { type Loaded, loading } from '#lib/mail/loaded.ts';
import { mailKey } from '#lib/mail/mail.ts';
import type { Api } from '#lib/server/api.ts';
import { textOf } from '#lib/server/form.ts';
import { may } from '#lib/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params: { id }, isDataRequest, depends }) => {
  depends(mailKey(id));
  const { api, session } = locals;
  const [mail, inside] = await Promise.all([
    api.mails.show.query({ id }),
    may(session ?? undefined, 'read-mail') ? insideOf(api, id, isDataRequest) : { state: 'denied' as const },
  ]);
  // Without them a check is shown without its settings; the mail is there all the same.
  const settings = await api.domains.show
    .query({ domain: mail.domainId, at: mail.policyRevision })
    .catch(() => undefined);
  return { mail, inside, settings };
};

/**
 * Looking is recorded. Data for the router may be asked for because a pointer rests on a link, so then nobody looks: the
 * page itself fetches the inside once it is open.
 */
async function insideOf(api: Api, id: string, isDataRequest: boolean): Promise<Loaded> {
  if (isDataRequest) return loading;
  try {
    return { state: 'there', content: await api.mails.content.query({ id }) };
  } catch (error) {
    return { state: 'failed', fault: faultOf(error) };
  }
}

export const actions: Actions = {
  release: async ({ locals: { api }, params: { id }, request }) => {
    const form = await request.formData();
    const isElsewhere = textOf(form, 'whom') === 'other';
    const to = textOf(form, 'to').trim();
    if (isElsewhere && to === '') return fail(400, { message: 'Write the address it is to go to.', to });
    try {
      const order = { ids: [id], ...(isElsewhere ? { to } : {}) };
      const { items } = await api.mails.release.mutate(order);
      const [item] = items;
      // The page that follows is to know of it.
      if (item?.position !== undefined) await api.mails.show.query({ id, after: item.position });
      return { released: item?.released ?? false };
    } catch (error) {
      const { status, message } = faultOf(error);
      return fail(status, { message, to });
    }
  },
};
