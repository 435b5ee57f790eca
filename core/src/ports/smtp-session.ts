/** Port: what an SMTP listener asks of whoever decides, one session a connection, without anything of the wire. */

/** One reply (RFC 5321 §4.2). */
export interface SmtpReply {
  readonly code: number;
  /** RFC 3463; not on greetings, HELO and EHLO. */
  readonly enhanced?: string;
  readonly text: string;
}

export type SmtpAnswer = SmtpReply | Promise<SmtpReply>;

export interface SmtpClient {
  /** IPv4 never mapped into IPv6. */
  readonly ip: string;
  readonly port: number;
}

/** What HELO or EHLO told, and under which protection. */
export interface SmtpHello {
  readonly name: string;
  /** EHLO. */
  readonly extended: boolean;
  /** Undefined without TLS. */
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
}

export interface SmtpSender {
  /** '' for the null sender. */
  readonly address: string;
  /** Bytes as declared by SIZE (RFC 1870). */
  readonly declaredSize: number | undefined;
  readonly smtpUtf8: boolean;
}

/**
 * The message of one transaction. `too-large` and `no-room` were read to their end and thrown away; `false-end` holds a
 * line with a lone dot that does not end DATA here, but might elsewhere.
 */
export type SmtpMessage =
  | { readonly status: 'complete'; readonly raw: Uint8Array }
  | { readonly status: 'too-large' | 'no-room' | 'false-end' };

/** What a client did that no mail server does; `before-hello`: MAIL, RCPT or DATA before HELO and EHLO. */
export type SmtpMisuse = 'unknown-command' | 'http' | 'before-hello';

/**
 * The listener sees to the order of commands and calls one method after the other; a code from 500 or 400 on refuses
 * what was asked, 421 ends the connection. A method that throws is a local error (451).
 */
export interface SmtpSession {
  /** Before the greeting; anything but 220 ends the connection. `earlyTalker`: the client spoke before it. */
  connect(opening: { readonly earlyTalker: boolean }): SmtpAnswer;
  /** The client spoke while `connect` was still waiting for its answer. */
  talkedEarly?(): void;
  /** A reply instead of the listener's own; undefined: the listener's, and it goes on. Missing: the listener has limits of its own. */
  misused?(what: SmtpMisuse): Promise<SmtpReply | undefined>;
  helo(hello: SmtpHello): SmtpAnswer;
  mail(sender: SmtpSender): SmtpAnswer;
  /** `postmaster` without a domain is possible (RFC 5321 §4.5.1). */
  rcpt(recipient: string): SmtpAnswer;
  /** `decided` is called when nothing is left but to write it down; not at all where nothing is written. */
  data(message: SmtpMessage, decided?: () => void): Promise<SmtpReply>;
  /** The transaction is over without a message: RSET, a new EHLO, STARTTLS. */
  reset(): void;
  /** The connection is gone; a `data` under way still comes to its end. */
  close(): void;
}
