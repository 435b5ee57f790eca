/** Credentials on better-auth's tables. */
import { randomBytes } from 'node:crypto';
import type { betterAuth } from 'better-auth';
import { fail, ok } from '@sluice/core/kernel/result.ts';
import { type Credentials, passwordLength, type Person } from '@sluice/core/ports/credentials.ts';

export type AuthContext = Awaited<ReturnType<typeof betterAuth>['$context']>;

const invitationMs = 7 * 24 * 60 * 60 * 1_000;
const provider = 'credential';

export function createCredentials(context: AuthContext): Credentials {
  const { adapter, internalAdapter } = context;

  const find = async (email: string): Promise<string | undefined> =>
    (await internalAdapter.findUserByEmail(email.toLowerCase()))?.user.id;

  const reserve = async ({ userId, email, name }: Person): Promise<string> => {
    const holder = await find(email);
    if (holder !== undefined) return holder;
    try {
      // Seen by nobody but us: people are known by their events.
      await internalAdapter.createUser({ id: userId, email, name, emailVerified: true }, undefined as never);
      return userId;
    } catch (error) {
      // Somebody else at the same moment; the table takes each email once.
      const other = await find(email);
      if (other === undefined) throw error;
      return other;
    }
  };

  const endInvitations = (userId: string): Promise<unknown> =>
    adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] });

  const setPassword = async (userId: string, password: string): Promise<void> => {
    const hash = await context.password.hash(password);
    const accounts = await internalAdapter.findAccounts(userId);
    if (accounts.some((account) => account.providerId === provider)) {
      await internalAdapter.updatePassword(userId, hash);
      return;
    }
    await internalAdapter.createAccount({ userId, providerId: provider, accountId: userId, password: hash });
  };

  return {
    reserve,
    find,

    async createCredential({ password, ...person }) {
      const { length } = password;
      if (length < passwordLength.min || length > passwordLength.max) return fail('bad-password-length');
      if ((await reserve(person)) !== person.userId) return fail('email-taken');
      await setPassword(person.userId, password);
      await endInvitations(person.userId);
      await internalAdapter.deleteUserSessions(person.userId);
      return ok(undefined);
    },

    async invitation(userId) {
      await endInvitations(userId);
      const token = randomBytes(24).toString('base64url');
      // The form in which better-auth's POST /reset-password looks for it.
      await internalAdapter.createVerificationValue({
        identifier: `reset-password:${token}`,
        value: userId,
        expiresAt: new Date(Date.now() + invitationMs),
      });
      return token;
    },

    async hasCredential(userIds) {
      if (userIds.length === 0) return new Set();
      const found = await adapter.findMany<{ readonly userId: string }>({
        model: 'account',
        where: [
          { field: 'userId', operator: 'in', value: [...userIds] },
          { field: 'providerId', value: provider },
        ],
        limit: userIds.length,
      });
      return new Set(found.map((one) => one.userId));
    },

    async removeUser(userId) {
      await endInvitations(userId);
      await internalAdapter.deleteUser(userId);
    },
  };
}
