/** What members of an account may do, by their role. */
import type { Role } from './account.ts';

export const actions = [
  /** Lists, figures, decisions. */
  'read',
  /** Judge recorded mail again under other settings; nothing is recorded of it. */
  'what-if',
  /** Bodies of mails. */
  'read-mail',
  'release',
  'change-settings',
  /** Settings that say what members may do by themselves: a check names which of its own are such (`guarded`). */
  'change-guarded-settings',
  /** Release all that an incident refused, in one order. */
  'undo',
  'manage-members',
  /** Its name, its domains, who owns it. */
  'manage-account',
] as const;

export type Action = (typeof actions)[number];

export const roles = ['owner', 'admin', 'member', 'auditor'] as const satisfies readonly Role[];

const allowed: Readonly<Record<Role, readonly Action[]>> = {
  owner: actions,
  admin: actions.filter((action) => action !== 'manage-account'),
  member: ['read', 'what-if', 'read-mail', 'release', 'change-settings'],
  auditor: ['read', 'what-if'],
};

export const permissionsOf = (role: Role): readonly Action[] => allowed[role];

/** Whether a member of role `by` may make somebody a `role`, or take it from them: owners are made by owners only. */
export const mayAssign = (by: Role, role: Role): boolean =>
  allowed[by].includes(role === 'owner' ? 'manage-account' : 'manage-members');

/** Whether a role can be limited to some domains: who manages an account sees all of it. */
export const canBeLimited = (role: Role): boolean => !allowed[role].includes('manage-members');

const words: Readonly<Record<Action, string>> = {
  read: 'see this',
  'what-if': 'try settings out on recorded mail',
  undo: 'undo incidents',
  'read-mail': 'read the mails themselves',
  release: 'release mail',
  'change-settings': 'change settings',
  'change-guarded-settings': 'change what members may do by themselves',
  'manage-members': 'manage members',
  'manage-account': 'manage the account',
};

/** Why somebody of this role is refused; undefined: a member of no account. */
export function refusalSentence(role: Role | undefined, action: Action): string {
  if (role === undefined) {
    return 'You belong to no account yet. Ask an owner of the account to invite you.';
  }
  return `Your role (${role}) does not allow you to ${words[action]}. An owner of the account can change that.`;
}
