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
