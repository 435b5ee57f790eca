/** Procedures about the members of an account. */
import { z } from 'zod';
import type { Role } from '@sluice/core/account/account.ts';
import { roles } from '@sluice/core/account/permissions.ts';
import { operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { inviteMember } from '@sluice/core/use-cases/people.ts';
import { listMembers, waitFor } from '@sluice/postgres';
import type { Caller } from '../access.ts';
import { after, fresh } from '../freshness.ts';
import type { Services } from '../services.ts';
import { must, notFound, permitted, router } from '../trpc.ts';
import { ofAccount, ownAccount } from './own-account.ts';
import { visibleDomain } from './visible-domain.ts';

const membership = {
  role: z.enum(roles),
  /** Ids or names. */
  domainIds: z.array(z.string().max(253)).max(1_000).optional(),
};

interface Context {
  readonly scope: TenantScope;
  readonly services: Services;
  readonly caller: Caller;
}

/** Role of whoever asks, as the account's rules want it; the operator has none and may all. */
const byRole = ({ account }: Caller): { readonly by?: Role } =>
  account === undefined ? {} : { by: account.role };

/** Domains of the account, by id; NOT_FOUND for any other. */
async function domainsOf(
  { scope, services }: Context,
  accountId: string,
  named: readonly string[] | undefined,
): Promise<{ readonly domainIds?: readonly string[] }> {
  if (named === undefined) return {};
  const found = await Promise.all(named.map((one) => visibleDomain(scope, services, one)));
  if (found.some((one) => one.accountId !== accountId)) throw notFound('domain');
  return { domainIds: [...new Set(found.map((one) => one.id))] };
}

/** Who has left has left when the answer comes: sessions are judged by the read model. */
async function inForce({ services }: Context, position: string | undefined): Promise<void> {
  if (position !== undefined) await waitFor(services.db, 'settings', position);
}

/**
 * Where the invited set their password, once; only for one who has none, and whom nobody but this account knows. The operator
 * may have it for anybody, and ends those that others hold by it.
 */
async function linkFor(
  { scope, services }: Context,
  accountId: string,
  userId: string,
): Promise<{ readonly link?: string }> {
  const { db, credentials } = services;
  const elsewhere = await listMembers(operatorScope(), db, { userId });
  const isShared = elsewhere.some((one) => one.accountId !== accountId);
  if (isShared && scope.kind !== 'service') return {};
  if ((await credentials.hasCredential([userId])).has(userId)) return {};
  return { link: `/set-password?token=${await credentials.invitation(userId)}` };
}

export const members = router({
  list: permitted('read')
    .input(z.object({ ...ofAccount, ...after }).default({}))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      const accountId = await ownAccount(ctx, input.accountId);
      const found = await listMembers(ctx.scope, ctx.services.db, { accountId });
      const signedIn = await ctx.services.credentials.hasCredential(found.map((one) => one.userId));
      const items = found.map(({ userId, email, name, role, domainIds }) => ({
        userId,
        email,
        name,
        role,
        ...(domainIds === undefined ? {} : { domainIds }),
        /** Whether they have a password. */
        signedIn: signedIn.has(userId),
      }));
      return { items, ...freshness };
    }),

  invite: permitted('manage-members')
    .input(
      z.object({
        email: z.string().max(320),
        /** Of a user who is new here. */
        name: z.string().trim().min(1).max(200),
        ...membership,
        ...ofAccount,
      }),
    )
    .mutation(async ({ ctx, input: { email, name, role, ...input } }) => {
      const accountId = await ownAccount(ctx, input.accountId);
      const limit = await domainsOf(ctx, accountId, input.domainIds);
      const by = byRole(ctx.caller).by;
      const people = { ...ctx.commands, credentials: ctx.services.credentials };
      const { id, position, isOwn } = must(
        await inviteMember(people, { accountId, by, email, name, role, ...limit }),
      );
      await inForce(ctx, position);
      return { userId: id, position, ...(isOwn ? await linkFor(ctx, accountId, id) : {}) };
    }),

  change: permitted('manage-members')
    .input(z.object({ userId: z.string(), ...membership, ...ofAccount }))
    .mutation(async ({ ctx, input: { userId, role, ...input } }) => {
      const accountId = await ownAccount(ctx, input.accountId);
      const limit = await domainsOf(ctx, accountId, input.domainIds);
      await requireMember(ctx, accountId, userId);
      const data = { userId, role, ...limit, ...byRole(ctx.caller) };
      const { position } = must(await changeAccount(ctx.commands, accountId, { type: 'AddMember', data }));
      await inForce(ctx, position);
      return { userId, position };
    }),

  remove: permitted('manage-members')
    .input(z.object({ userId: z.string(), ...ofAccount }))
    .mutation(async ({ ctx, input: { userId, ...input } }) => {
      const accountId = await ownAccount(ctx, input.accountId);
      await requireMember(ctx, accountId, userId);
      const data = { userId, ...byRole(ctx.caller) };
      const { position } = must(await changeAccount(ctx.commands, accountId, { type: 'RemoveMember', data }));
      await inForce(ctx, position);
      return { userId, position };
    }),
});

async function requireMember({ scope, services }: Context, accountId: string, userId: string): Promise<void> {
  const [member] = await listMembers(scope, services.db, { accountId, userId });
  if (member === undefined) throw notFound('member');
}
