/** Who may do what in an account. */
import { describe, expect, it } from 'vitest';
import { actions, canBeLimited, mayAssign, permissionsOf, refusalSentence, roles } from './permissions.ts';

describe('a role', () => {
  it('allows no more than the one above it', () => {
    const [owner, admin, member, auditor] = roles.map((role) => new Set(permissionsOf(role)));
    expect(owner).toEqual(new Set(actions));
    expect(admin!.isSubsetOf(owner!)).toBe(true);
    expect(member!.isSubsetOf(admin!)).toBe(true);
    expect(auditor!.isSubsetOf(member!)).toBe(true);
  });
  it('allows auditors to look, but not into mails', () => {
    expect(permissionsOf('auditor')).toEqual(['read', 'what-if']);
  });
  it('undoes incidents where it manages members, and tries settings out where it can look', () => {
    expect(roles.filter((role) => permissionsOf(role).includes('undo'))).toEqual(['owner', 'admin']);
    expect(roles.filter((role) => permissionsOf(role).includes('what-if'))).toEqual(roles);
  });
  it('of an admin reaches everything but the account itself', () => {
    expect(new Set(actions).difference(new Set(permissionsOf('admin')))).toEqual(new Set(['manage-account']));
  });
  it('is given and taken by those who manage members; the owner’s by owners only', () => {
    const pairs = roles.flatMap((by) =>
      roles.filter((role) => mayAssign(by, role)).map((role) => [by, role]),
    );
    expect(pairs).toEqual([
      ['owner', 'owner'],
      ['owner', 'admin'],
      ['owner', 'member'],
      ['owner', 'auditor'],
      ['admin', 'admin'],
      ['admin', 'member'],
      ['admin', 'auditor'],
    ]);
  });
  it('can be limited to domains where it manages nobody', () => {
    expect(roles.filter(canBeLimited)).toEqual(['member', 'auditor']);
  });
});

describe('a refusal', () => {
  it('names the role and what it does not allow', () => {
    expect(refusalSentence('auditor', 'read-mail')).toMatch(/auditor.*read the mails/);
  });
  it('says to a user of no account what to do', () => {
    expect(refusalSentence(undefined, 'read')).toMatch(/no account/);
  });
});
