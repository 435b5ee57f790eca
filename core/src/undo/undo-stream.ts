/** The stream of one order that undoes an incident: which mails it releases, named before the order is given, and its end. */
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';
import type { UndoneMail } from '../replay/undo.ts';

/** What became of a mail of an order. */
export type UndoOutcome =
  /** Its release was ordered. */
  | 'released'
  /** It was released before, by somebody or by this order. */
  | 'already'
  /** Nothing of it is there any more: expired, erased, or not kept. */
  | 'gone'
  /** Whoever gave the order may not release it: a virus was found in it. */
  | 'withheld';

/** How many mails came to what. Orders that ended in older versions do not tell of `withheld`. */
type UndoOutcomes = Readonly<Record<Exclude<UndoOutcome, 'withheld'>, number>> & {
  readonly withheld?: number;
};

export type UndoEvent =
  /** In the order in which they are released. */
  | DomainEvent<'UndoMailsListed', { readonly mails: readonly UndoneMail[] }>
  /** All of them have been gone through; `outcomes` counts them. */
  | DomainEvent<'UndoFinished', { readonly outcomes: UndoOutcomes }>;

export const undoStream = (undoId: string): string => `undo-${undoId}`;

/** Ids and places say nothing of a person. */
export const undoFormats: EventFormats<UndoEvent> = {
  UndoMailsListed: { version: 1, sealed: [] },
  UndoFinished: { version: 1, sealed: [] },
};
