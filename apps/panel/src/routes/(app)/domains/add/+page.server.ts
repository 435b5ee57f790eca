/** Adding a domain. */
import { error, fail, redirect } from '@sveltejs/kit';
import { pathOf } from '#lib/domain/domain.ts';
import { presetNames } from '#lib/domain/words.ts';
import { faultOf } from '#lib/faults.ts';
import { textOf } from '#lib/server/form.ts';
import { may } from '#lib/session.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { api, session } }) => {
  if (!may(session ?? undefined, 'manage-account')) {
    error(403, 'Only owners of the account add domains. Ask one of them.', {});
  }
  // The operator acts for any account.
  const accounts = session?.account === null ? (await api.accounts.list.query({})).items : [];
  return { accounts: accounts.map(({ id, name }) => ({ id, name })) };
};

export const actions: Actions = {
  default: async ({ locals: { api }, request }) => {
    const form = await request.formData();
    const name = textOf(form, 'name').trim();
    const preset = presetNames.find((one) => one === textOf(form, 'preset')) ?? 'balanced';
    const accountId = textOf(form, 'account');
    const vouched = textOf(form, 'vouched') !== '';
    const about = { preset, vouched, ...(accountId === '' ? {} : { accountId }) };
    let added: string;
    try {
      const { position } = await api.domains.add.mutate({ name, ...about });
      const shown = await api.domains.list.query(position === undefined ? {} : { after: position });
      added = shown.items.find((one) => one.name === name.toLowerCase())?.name ?? name.toLowerCase();
    } catch (thrown) {
      const fault = faultOf(thrown);
      return fail(fault.status, { fault: fault.message, name, preset });
    }
    redirect(303, pathOf(added));
  },
};
