/** Port: orders that undo incidents, as the events up to a checkpoint say, and how far each has been carried out. */
import type { Actor, Position } from '../kernel/event.ts';
import type { UndoneMail } from '../replay/undo.ts';
import type { UndoneIncident } from '../domain/domain.ts';
import type { UndoOutcome } from '../undo/undo-stream.ts';

export interface NewUndoOrder extends UndoneIncident {
  readonly domainId: string;
  readonly accountId: string;
  /** ISO 8601. */
  readonly orderedAt: string;
  /** Who gave the order: the releases are theirs. */
  readonly orderedBy: Actor;
}

/** What the incident was is no matter for carrying the order out, and is kept sealed. */
export interface OpenUndoOrder extends Omit<NewUndoOrder, 'incident'> {
  /** Mails that have been gone through: the place of the next one. */
  readonly next: number;
}

export interface UndoOrders {
  /** Position up to which events are applied; undefined: none yet. */
  checkpoint(): Promise<Position | undefined>;
  /**
   * Notes orders with their mails and moves the checkpoint, in one transaction. One that is there already is left as it is,
   * one of a domain whose key is destroyed is not noted;
   * a change that is not beyond the checkpoint changes nothing.
   */
  apply(change: {
    readonly order?: { readonly order: NewUndoOrder; readonly mails: readonly UndoneMail[] };
    readonly checkpoint: Position;
  }): Promise<void>;
  /** Undefined: there is none, or all its mails have been gone through. */
  open(undoId: string): Promise<OpenUndoOrder | undefined>;
  /** Those that are not finished, oldest first. */
  listOpen(): Promise<readonly OpenUndoOrder[]>;
  /** Mails from a place on, in order, that have no outcome. */
  mails(
    undoId: string,
    from: number,
    limit: number,
  ): Promise<readonly (UndoneMail & { readonly place: number })[]>;
  note(undoId: string, place: number, outcome: UndoOutcome): Promise<void>;
  /** How many mails came to what; 0 for those that are missing. */
  outcomes(undoId: string): Promise<Readonly<Record<UndoOutcome, number>>>;
  finish(undoId: string): Promise<void>;
}
