/** The user that the server runs as: ours, or an unprivileged one where we are root, as which PostgreSQL refuses to run. */
import { stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { run } from './run.ts';
import type { Account } from './run.ts';

const user = 'postgres';
const deadlineMs = 10_000;

/**
 * Undefined: our own user will do. As root it is the owner of the data, if there are any (they may have been made by
 * somebody who was not root), else the user `postgres`, which is made if it is missing.
 */
export async function chooseAccount(dataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataFolder).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await findUser()) ?? (await makeUser());
}

async function findUser(): Promise<Account | undefined> {
  const uid = await run('id', ['-u', user], { deadlineMs });
  const gid = await run('id', ['-g', user], { deadlineMs });
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function makeUser(): Promise<Account> {
  // The group may be there without the user; whether it is good enough, useradd says.
  await run('groupadd', ['--system', user], { deadlineMs });
  const home = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  const made = await run('useradd', ['--system', '--gid', user, ...home, user], { deadlineMs });
  const account = await findUser();
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'no-user',
      `PostgreSQL does not run as root and the user "${user}" could not be made (${made.stderr.trim()}): make it, or run Sluice as another user.`,
    );
  }
  return account;
}
