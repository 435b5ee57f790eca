/** What happens to a mail after its decision: release, delivery, views. Commands, events and state. */
import type { Command } from '../kernel/command.ts';
import type { Actor, DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

/** What the route said to one attempt for some recipients. */
export interface DeliveryReport {
  readonly recipients: readonly string[];
  /** host:port that answered; '' if none did. */
  readonly host: string;
  /** SMTP reply code; 0 without a reply. */
  readonly code: number;
  /** The route's own words. */
  readonly response: string;
  /** From 1. */
  readonly attempt: number;
  /** The release that ordered it; undefined for a mail that was accepted. */
  readonly releaseId?: string;
}

export type MailEvent =
  | DomainEvent<'MailDelivered', DeliveryReport>
  | DomainEvent<'MailDeliveryDeferred', DeliveryReport & { readonly nextAttemptAt?: string }>
  /** The route refused for good, or the time for trying is over; the body is kept in the quarantine. */
  | DomainEvent<'MailBounced', DeliveryReport>
  | DomainEvent<'MailReleased', { readonly releaseId: string; readonly recipients: readonly string[] }>
  /** `by` and `at` as in its metadata, so that the next look can be told from a new one; events of version 1 have neither. */
  | DomainEvent<'MailViewed', { readonly what: 'raw' | 'content'; readonly by?: Actor; readonly at?: string }>
  | DomainEvent<'MailExpired', { readonly reason: 'retention' | 'erased' }>;

export type MailCommand =
  /** `quarantinedFor`: recipients for whom the decision, or a bounce, keeps the mail. */
  | Command<
      'ReleaseMail',
      {
        readonly releaseId: string;
        readonly quarantinedFor: readonly string[];
        /** Deliver to this address instead of those it was sent to. */
        readonly to?: string;
      }
    >
  | Command<'ReportDelivery', DeliveryReport & { readonly outcome: 'delivered' | 'deferred' | 'bounced' }>
  | Command<'ViewMail', { readonly what: 'raw' | 'content' }>
  | Command<'ExpireMail', { readonly reason: 'retention' | 'erased' }>;

/** One recipient that a release owes the mail to. */
export interface OwedDelivery {
  readonly releaseId: string;
  readonly recipient: string;
  readonly status: 'owed' | 'delivered' | 'bounced';
}

/** Somebody's last look that was recorded. */
export interface Look {
  readonly by: Actor;
  /** ISO 8601 UTC. */
  readonly at: string;
}

export interface MailState {
  readonly status: 'kept' | 'expired';
  readonly owed: readonly OwedDelivery[];
  /** One for each who looked. */
  readonly looks: readonly Look[];
}

export const mailStream = (mailId: string): string => `mail-${mailId}`;

export const mailFormats: EventFormats<MailEvent> = {
  MailDelivered: { version: 1, sealed: ['recipients', 'response'] },
  MailDeliveryDeferred: { version: 1, sealed: ['recipients', 'response'] },
  MailBounced: { version: 1, sealed: ['recipients', 'response'] },
  MailReleased: { version: 1, sealed: ['recipients'] },
  MailViewed: { version: 2, sealed: [] },
  MailExpired: { version: 1, sealed: [] },
};
