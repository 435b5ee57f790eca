/** What only an edge can tell that is receiving a mail right now: what was counted, how the client behaved, its own load. */
import type { SharedCounters } from '../ports/shared-counters.ts';

/** What a client did on its connection that a mail server has no reason to do. */
export interface ClientConduct {
  /** Commands that are none. */
  readonly unknownCommands: number;
  /** Requests of HTTP: somebody sends through an open web proxy. */
  readonly httpRequests: number;
  /** MAIL, RCPT or DATA before HELO or EHLO. */
  readonly beforeHello: number;
}

export const goodConduct: ClientConduct = { unknownCommands: 0, httpRequests: 0, beforeHello: 0 };

/** How busy an edge is. */
export interface EdgeLoad {
  /** Load average of the last minute, per processor. */
  readonly perCore: number;
  /** Items in the outbox, not delivered or not handed over. */
  readonly waiting: number;
  /** Under the outbox, in MiB. */
  readonly freeMiB: number;
}

/** What the domain's own server says of a recipient; `unsure`: nothing that would settle it. */
export interface RecipientAnswer {
  readonly is: 'valid' | 'unknown' | 'unsure';
  /** Its words, or why there are none; hostile text. */
  readonly words: string;
}

export interface ConnectionView {
  /** Connections from the client's address that are open on this edge, this one included. */
  readonly openAtOnce: number;
  readonly conduct: ClientConduct;
  /** Recipients of this connection that do not exist, so far. */
  readonly unknownRecipients: number;
  /** The recipient at hand is one of them, and has not been counted yet. */
  readonly namesUnknown?: true;
  /** Undefined where nobody looks. */
  readonly load: EdgeLoad | undefined;
}

export interface EdgeView {
  /** ISO 8601. */
  readonly now: string;
  readonly counters: SharedCounters;
  /** '' where no domain is known yet. */
  readonly domainId: string;
  readonly connection: ConnectionView;
  /** Asks the server of the domain's route, without sending; undefined where it cannot be asked. Never rejects. */
  readonly callout?: (recipient: string) => Promise<RecipientAnswer>;
}
