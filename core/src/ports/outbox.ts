/** Port: the edge's own durable store of what it has accepted or refused and not yet handed on. */
import type { NewEvent } from '../kernel/event.ts';
import type { Route } from './delivery.ts';

/** One decided mail to be kept before the sender gets its reply. */
export interface OutboxMail {
  readonly mailId: string;
  readonly domainId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly sender: string;
  readonly smtpUtf8: boolean;
  /** `MailJudged` but for its chain link, which `put` adds in its transaction. */
  readonly decision: NewEvent;
  /** As received. Kept as long as it has to be delivered or archived. */
  readonly raw: Uint8Array;
  /** Header fields to put before the mail on delivery (CRLF at line ends), one variant for all recipients. */
  readonly trace: string;
  /** Recipients to deliver to now; empty for a mail that is only kept. */
  readonly deliverTo: readonly string[];
  /** Whether the raw mail is to be shipped to the archive. */
  readonly archive: boolean;
}

/** A mail whose delivery is due. */
export interface DueDelivery {
  readonly mailId: string;
  readonly domainId: string;
  readonly receivedAt: string;
  readonly sender: string;
  readonly smtpUtf8: boolean;
  readonly recipients: readonly string[];
  readonly trace: string;
  readonly raw: Uint8Array;
  /** Attempts made before this one. */
  readonly attempts: number;
  /** Where it was tried last, for the log. */
  readonly lastResponse: string;
}

/** What one attempt came to, stored in one transaction with the events that tell of it. */
export interface DeliveryProgress {
  readonly mailId: string;
  readonly delivered: readonly string[];
  /** Given up: the raw mail is shipped to the archive with the event that says so. */
  readonly failed: readonly string[];
  /** Recipients to try again, and when (ISO 8601); undefined if none. */
  readonly retry:
    | { readonly recipients: readonly string[]; readonly at: string; readonly response: string }
    | undefined;
  readonly events: readonly NewEvent[];
}

export interface Shipment {
  readonly seq: number;
  readonly kind: 'decision' | 'mail' | 'counters';
  readonly mailId: string | undefined;
  readonly event: NewEvent;
  readonly raw: Uint8Array | undefined;
}

export interface OutboxStatus {
  readonly undelivered: number;
  readonly unshipped: number;
  /** Refused by the intake: an operator must look. */
  readonly parked: number;
  readonly bytes: number;
  /** ISO 8601 of the oldest mail not yet shipped. */
  readonly oldestUnshipped: string | undefined;
}

export interface Outbox {
  /** Resolves when everything is on disk (group commit): only then may the reply be sent. Rejects if nothing was kept. */
  put(mail: OutboxMail): Promise<void>;
  /** Adds counters of this edge's own. */
  putCounters(event: NewEvent): Promise<void>;

  /**
   * Mails whose delivery is due at `now`, at most `limit`, oldest due first; each is leased until its progress is recorded or
   * the process ends. `leave`: ids of domains that have enough on their way, so that one slow route does not hold up the rest.
   */
  dueDeliveries(now: string, limit: number, leave?: ReadonlySet<string>): readonly DueDelivery[];
  recordProgress(progress: DeliveryProgress): Promise<void>;
  /** ISO 8601 of the next delivery that will be due; undefined if none waits. */
  nextDue(): string | undefined;

  /** The oldest items not yet shipped, in order, bodies up to `maxBytes` in all but at least one item. */
  shipments(limit: { readonly items: number; readonly maxBytes: number }): readonly Shipment[];
  /** Forgets what was taken; the raw mail goes when nothing needs it any more. */
  markShipped(seqs: readonly number[]): Promise<void>;
  /** Sets aside what the intake will never take. */
  park(refused: readonly { readonly seq: number; readonly reason: string }[]): Promise<void>;

  /**
   * Begins the chains of all domains anew, under another name, and links all decisions into them that are not shipped yet;
   * what was set aside for one of these reasons is among them again, in its old place.
   */
  renewChains(reasons: readonly string[]): Promise<void>;

  /** Called whenever something new may be due or shippable. */
  onChange(listener: () => void): void;
  status(): OutboxStatus;
  /** Finishes what was put. */
  close(): Promise<void>;
}

/** Route of a domain at the time of delivery, asked anew for each attempt. */
export type RouteOf = (domainId: string) => Route | undefined;
