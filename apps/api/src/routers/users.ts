/** Procedures about users: people who sign in. */
import { z } from 'zod';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { passwordLength, type Person } from '@sluice/core/ports/credentials.ts';
import { refuse } from '@sluice/core/kernel/result.ts';
import { registerUser, removeUser } from '@sluice/core/use-cases/people.ts';
import { randomToken } from '@sluice/node-crypto';
import { listMembers, listUsers, userByEmail, waitFor } from '@sluice/postgres';
import { after, fresh } from '../freshness.ts';
import type { Services } from '../services.ts';
import { must, notFound, operatorProcedure, permitted, router } from '../trpc.ts';

/** The generated one is answered, once and never again. */
const password = z.string().min(passwordLength.min).max(passwordLength.max).optional();

const generatedBytes = 15;

async function setPassword(
  { credentials }: Services,
  person: Person,
  given: string | undefined,
): Promise<{ readonly password?: string }> {
  const chosen = given ?? randomToken(generatedBytes);
  const set = await credentials.createCredential({ ...person, password: chosen });
  if (!set.ok) must(refuse('user-exists', 'Somebody else signs in with this email address.'));
  return given === undefined ? { password: chosen } : {};
}

/** By their email, whatever its case. */
async function userNamed({ db }: Services, email: string): Promise<Person> {
  const user = await userByEmail(operatorScope(), db, email);
  if (user === undefined) throw notFound('user');
  return { userId: user.id, email: user.email, name: user.name };
}

/** Also one whose removal ended before their email was free. */
async function removableUser({ db, credentials }: Services, email: string): Promise<string> {
  const user = await userByEmail(operatorScope(), db, email);
  const userId = user?.id ?? (await credentials.find(email.trim()));
  if (userId === undefined) throw notFound('user');
  return userId;
}

export const users = router({
  create: operatorProcedure
    .input(z.object({ email: z.string().max(320), name: z.string().trim().min(1).max(200), password }))
    .mutation(async ({ ctx, input }) => {
      const { email, name } = input;
      const people = { ...ctx.commands, credentials: ctx.services.credentials };
      const { id, position } = must(await registerUser(people, { email, name }));
      const made = await setPassword(ctx.services, { userId: id, email, name }, input.password);
      return { id, position, ...made };
    }),

  /** Sets another password and ends all sessions: for somebody who has forgotten theirs. */
  password: operatorProcedure
    .input(z.object({ email: z.string().max(320), password }))
    .mutation(async ({ ctx, input }) => {
      const person = await userNamed(ctx.services, input.email);
      return { id: person.userId, ...(await setPassword(ctx.services, person, input.password)) };
    }),

  remove: operatorProcedure
    .input(z.object({ email: z.string().max(320) }))
    .mutation(async ({ ctx, input }) => {
      const { services } = ctx;
      const userId = await removableUser(services, input.email);
      const memberships = await listMembers(ctx.scope, services.db, { userId });
      const people = { ...ctx.commands, credentials: services.credentials };
      const accountIds = memberships.map((one) => one.accountId);
      const done = must(await removeUser(people, userId, accountIds));
      if (done.position !== undefined) await waitFor(services.db, 'settings', done.position);
      return done;
    }),

  list: permitted('read')
    .input(z.object({ ...after }).default({}))
    .query(async ({ ctx, input }) => {
      const freshness = await fresh(ctx.services, 'settings', input.after);
      return { items: await listUsers(ctx.scope, ctx.services.db), ...freshness };
    }),
});
