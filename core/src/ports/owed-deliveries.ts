/** Port: which deliveries releases still owe, as the events up to a checkpoint say; what a queue loses is queued again from here. */
import type { Position } from '../kernel/event.ts';

export interface OwedRow {
  readonly mailId: string;
  readonly releaseId: string;
  readonly recipient: string;
  readonly domainId: string;
}

export type OwedKey = Omit<OwedRow, 'domainId'>;

export interface OwedDeliveries {
  /** Position up to which events are applied; undefined: none yet. */
  checkpoint(): Promise<Position | undefined>;
  /**
   * Adds and removes rows and moves the checkpoint, in one transaction. A change that is not beyond the checkpoint has been
   * applied before, perhaps by another process, and changes nothing.
   */
  apply(change: {
    readonly add: readonly OwedRow[];
    readonly remove: readonly OwedKey[];
    readonly checkpoint: Position;
  }): Promise<void>;
  /** Removes a row that no event will ever settle. */
  forget(row: OwedKey): Promise<void>;
  /** All that is owed, oldest first. */
  list(): Promise<readonly OwedRow[]>;
}
