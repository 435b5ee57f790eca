/** What may happen to an account. */
import { describe, it } from 'vitest';
import { deciderSpecification, testMetadata as metadata } from '../testing/decider-specification.ts';
import type { AccountEvent } from './account.ts';
import { accountDecider } from './account.decider.ts';

const given = deciderSpecification(accountDecider);
const opened: AccountEvent = { type: 'AccountOpened', data: { name: 'Example' } };
const owner: AccountEvent = { type: 'MemberAdded', data: { userId: 'u1', role: 'owner' } };

describe('account', () => {
  it('is opened under a name', () => {
    given()
      .when({ type: 'OpenAccount', data: { name: 'Example' }, metadata })
      .thenEvents(opened);
  });
  it('needs a name', () => {
    given()
      .when({ type: 'OpenAccount', data: { name: ' ' }, metadata })
      .thenRefused('bad-name');
  });
  it('is not opened twice', () => {
    given(opened)
      .when({ type: 'OpenAccount', data: { name: 'Example' }, metadata })
      .thenRefused('account-exists');
  });
  it('cannot be changed before it exists', () => {
    given()
      .when({ type: 'RenameAccount', data: { name: 'Other' }, metadata })
      .thenRefused('no-account');
  });
  it('keeps its name without an event when renamed to the same', () => {
    given(opened)
      .when({ type: 'RenameAccount', data: { name: 'Example' }, metadata })
      .thenNothingHappens();
  });
  it('takes members', () => {
    given(opened)
      .when({ type: 'AddMember', data: { userId: 'u1', role: 'owner' }, metadata })
      .thenEvents(owner);
  });
  it('takes a member once', () => {
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u1', role: 'owner' }, metadata })
      .thenNothingHappens();
  });
  it('lets an admin add members, but no owners', () => {
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'member', by: 'admin' }, metadata })
      .thenEvents({ type: 'MemberAdded', data: { userId: 'u2', role: 'member' } });
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'owner', by: 'admin' }, metadata })
      .thenRefused('owners-only');
  });
  it('keeps an admin from changing or removing an owner', () => {
    const other: AccountEvent = { type: 'MemberAdded', data: { userId: 'u2', role: 'owner' } };
    given(opened, owner, other)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'member', by: 'admin' }, metadata })
      .thenRefused('owners-only');
    given(opened, owner, other)
      .when({ type: 'RemoveMember', data: { userId: 'u2', by: 'admin' }, metadata })
      .thenRefused('owners-only');
  });
  it('limits only those to domains who manage nobody, and to one at least', () => {
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'admin', domainIds: ['d'] }, metadata })
      .thenRefused('bad-domains');
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'member', domainIds: [] }, metadata })
      .thenRefused('bad-domains');
  });
  it('takes a member’s other domains as a change', () => {
    const limited: AccountEvent = {
      type: 'MemberAdded',
      data: { userId: 'u2', role: 'member', domainIds: ['d'] },
    };
    given(opened, owner, limited)
      .when({ type: 'AddMember', data: { userId: 'u2', role: 'member' }, metadata })
      .thenEvents({ type: 'MemberAdded', data: { userId: 'u2', role: 'member' } });
  });
  it('never loses its last owner by removal', () => {
    given(opened, owner)
      .when({ type: 'RemoveMember', data: { userId: 'u1' }, metadata })
      .thenRefused('last-owner');
  });
  it('never loses its last owner by a change of role', () => {
    given(opened, owner)
      .when({ type: 'AddMember', data: { userId: 'u1', role: 'member' }, metadata })
      .thenRefused('last-owner');
  });
  it('ends when closed', () => {
    given(opened, { type: 'AccountClosed', data: {} })
      .when({ type: 'RenameAccount', data: { name: 'Other' }, metadata })
      .thenRefused('account-closed');
  });
});
