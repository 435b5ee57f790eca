/** Procedures about the account of a session. */
import { z } from 'zod';
import { changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { must, permitted, router } from '../trpc.ts';
import { ofAccount, ownAccount } from './own-account.ts';

export const account = router({
  rename: permitted('manage-account')
    .input(z.object({ name: z.string(), ...ofAccount }))
    .mutation(async ({ ctx, input: { name, accountId } }) => {
      const id = await ownAccount(ctx, accountId);
      return must(await changeAccount(ctx.commands, id, { type: 'RenameAccount', data: { name } }));
    }),
});
