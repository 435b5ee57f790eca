/** The account that a procedure is about: the session's, or the one that the operator names. */
import { z } from 'zod';
import { TRPCError } from '@trpc/server';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { showAccount } from '@sluice/postgres';
import type { Services } from '../services.ts';
import { notFound } from '../trpc.ts';

/** Input member: for the operator, who belongs to none. */
export const ofAccount = { accountId: z.string().optional() };

export async function ownAccount(
  { scope, services }: { readonly scope: TenantScope; readonly services: Services },
  accountId: string | undefined,
): Promise<string> {
  if (scope.kind === 'account') {
    if (accountId !== undefined && accountId !== scope.accountId) throw notFound('account');
    return scope.accountId;
  }
  if (accountId === undefined) {
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Name the account: accountId.' });
  }
  if ((await showAccount(scope, services.db, accountId)) === undefined) throw notFound('account');
  return accountId;
}
