/** Who is signed in, for which account, and what they may do there. */
import type { Outputs } from './outputs.ts';

export type Session = Outputs['session']['me'];
export type Action = Session['permissions'][number];
export type Role = Session['accounts'][number]['role'];

export const roleWords: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  member: 'Member',
  auditor: 'Auditor',
};

/** Of settings that not everybody who changes settings may change. */
export const guardedWords = 'Only owners and admins of the account change this.';

export const may = (session: Session | undefined, action: Action): boolean =>
  session?.permissions.includes(action) ?? false;
