/** Port: how people prove who they are. Rows, never events; each email is there once, whatever its case. */
import type { Result } from '../kernel/result.ts';

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
}

/** In characters. */
export const passwordLength = { min: 10, max: 128 } as const;

export interface Credentials {
  /** Takes the email for this user, who cannot sign in yet, and answers whose it is: theirs, or whose it was before. */
  reserve(person: Person): Promise<string>;

  /** Who has the email. */
  find(email: string): Promise<string | undefined>;

  /** Sets the password, and ends all sessions and invitations of the user. */
  createCredential(
    person: Person & { readonly password: string },
  ): Promise<Result<void, 'bad-password-length' | 'email-taken'>>;

  /** A token with which the user sets their password, once, within seven days; earlier ones end. */
  invitation(userId: string): Promise<string>;

  /** Those of them who have a password. */
  hasCredential(userIds: readonly string[]): Promise<ReadonlySet<string>>;

  /** Ends sessions and invitations, deletes the password and frees the email. */
  removeUser(userId: string): Promise<void>;
}
