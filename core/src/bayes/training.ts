/** What a domain, or the operator for all, has taught: one event for each word of a person, about a mail or about a file that was brought in. */
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
  /** Sealed: addresses of the domain whose own mail it is, at most `maxMailboxes`; it counts for them and for the domain. */
  readonly mailboxes?: readonly string[];
}

export type MailTrained = DomainEvent<'MailTrained', MailTrainedData>;

export const trainingFormats: EventFormats<MailTrained> = {
  MailTrained: { version: 1, sealed: ['tokens', 'mailboxes'] },
};

export const trainingStream = (domainId: string): string => `training-${domainId}`;

/** What the operator teaches for all domains. */
export const serviceTrainingStream = 'training-service';
/** Its tokens are sealed under a key of their own. */
export const serviceTrainingKeyId = 'training-service';

/** A mail to more recipients is nobody's in particular, and counts for the domain alone. */
const maxMailboxes = 5;

/** Whose own mail it is, of these recipients. */
export const mailboxesOf = (recipients: readonly string[]): { readonly mailboxes?: readonly string[] } => {
  const mailboxes = [...new Set(recipients.map((one) => one.toLowerCase()))];
  return mailboxes.length === 0 || mailboxes.length > maxMailboxes ? {} : { mailboxes };
};

/** Mails of files that are handed in together. */
export const maxTaughtAtOnce = 100;
