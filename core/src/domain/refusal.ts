/** Why a change to a domain is refused: a closed list. */
import type { Refusal, Result } from '../kernel/result.ts';
import type { DomainEvents } from './domain.ts';

export type DomainRefusal = Refusal<
  | 'domain-exists'
  | 'no-domain'
  | 'domain-removed'
  | 'bad-name'
  | 'bad-route'
  | 'bad-thresholds'
  | 'bad-mailbox'
  | 'no-thresholds'
  | 'unknown-check'
  | 'bad-mode'
  | 'bad-edition'
  | 'bad-setting'
  | 'guarded-setting'
  | 'bad-pattern'
  | 'not-listed'
  | 'bad-undo'
  | 'private-target'
>;

export type DomainDecided = Result<readonly DomainEvents[], DomainRefusal>;
