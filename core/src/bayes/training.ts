/** What a domain has taught: one event for each word of a person, about a mail or about a file that was brought in. */
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

export const trainingLabels = ['ham', 'spam'] as const;
/** What a mail is: wanted or unwanted. */
export type TrainingLabel = (typeof trainingLabels)[number];

export interface MailTrainedData {
  /** Of a mail of this domain; of a file, derived from its bytes. The last word about it counts. */
  readonly mailId: string;
  readonly as: TrainingLabel;
  /** How it came to be said. */
  readonly by: 'release' | 'report' | 'file';
  /** `tokenizerVersion` that the tokens were made by. */
  readonly tokenizer: number;
  /** Sealed: the tokens as `packTokens` writes them, so that the counts can be rebuilt when the mail is gone. */
  readonly tokens: string;
}

export type MailTrained = DomainEvent<'MailTrained', MailTrainedData>;

export const trainingFormats: EventFormats<MailTrained> = {
  MailTrained: { version: 1, sealed: ['tokens'] },
};

export const trainingStream = (domainId: string): string => `training-${domainId}`;

/** Mails of files that are handed in together. */
export const maxTaughtAtOnce = 100;
