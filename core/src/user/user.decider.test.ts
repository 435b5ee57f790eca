/** What may happen to a user. */
import { describe, it } from 'vitest';
import { deciderSpecification, testMetadata as metadata } from '../testing/decider-specification.ts';
import type { UserEvent } from './user.ts';
import { userDecider } from './user.decider.ts';

const given = deciderSpecification(userDecider);
const data = { email: 'ada@example.org', name: 'Ada' };
const created: UserEvent = { type: 'UserCreated', data };

describe('user', () => {
  it('is created with an address and a name', () => {
    given().when({ type: 'CreateUser', data, metadata }).thenEvents(created);
  });
  it('needs something that looks like an address', () => {
    given()
      .when({ type: 'CreateUser', data: { ...data, email: 'ada' }, metadata })
      .thenRefused('bad-email');
  });
  it('is created once', () => {
    given(created).when({ type: 'CreateUser', data, metadata }).thenRefused('user-exists');
  });
  it('can be renamed', () => {
    given(created)
      .when({ type: 'RenameUser', data: { name: 'Ada L.' }, metadata })
      .thenEvents({ type: 'UserRenamed', data: { name: 'Ada L.' } });
  });
  it('is gone after removal', () => {
    given(created, { type: 'UserRemoved', data: {} })
      .when({ type: 'RenameUser', data: { name: 'Ada' }, metadata })
      .thenRefused('no-user');
  });
});
