/** Roles in words, for those who give them. */
import { may, type Role, roleWords, type Session } from '#lib/session.ts';

export const roleSentences: Readonly<Record<Role, string>> = {
  owner: 'May do everything, and make others owners',
  admin: 'May do everything but change owners and the account itself',
  member: 'Reads and releases mail and changes settings, on the domains you choose',
  auditor: 'Sees decisions and figures; reads no mail and changes nothing',
};

/** Those that this person may give: only owners make owners. */
export const rolesToGive = (session: Session): readonly { readonly value: Role; readonly text: string }[] =>
  (Object.keys(roleWords) as Role[])
    .filter((role) => role !== 'owner' || may(session, 'manage-account'))
    .map((role) => ({ value: role, text: roleWords[role] }));

/** Whether a role can be kept to some of the domains. */
export const isLimitable = (role: Role): boolean => role === 'member' || role === 'auditor';
