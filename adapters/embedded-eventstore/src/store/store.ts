/** What the methods of the protocol work on. */
import type { Access } from '../access.ts';
import type { EventLog } from './event-log.ts';
import type { GroupCommit } from './group-commit.ts';

export interface Store {
  readonly log: EventLog;
  readonly commits: GroupCommit;
  readonly access: Access;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
