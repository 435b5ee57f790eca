/** Who is signed in, for which account, and what they may do there. */
export type Role = 'owner' | 'admin' | 'member' | 'auditor';

export type Action =
  | 'read'
  | 'read-mail'
  | 'release'
  | 'change-settings'
  | 'manage-members'
  | 'manage-account';

export interface AccountOfUser {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export interface Session {
  /** Null for the operator. */
  readonly user: { readonly id: string; readonly email: string; readonly name: string } | null;
  readonly account: AccountOfUser | null;
  readonly accounts: readonly AccountOfUser[];
  readonly permissions: readonly Action[];
}

export const roleWords: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  member: 'Member',
  auditor: 'Auditor',
};

export const may = (session: Session | undefined, action: Action): boolean =>
  session?.permissions.includes(action) ?? false;
