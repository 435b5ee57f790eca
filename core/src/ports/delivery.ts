/** Port: hands one mail to a route over SMTP and says of each recipient what became of it. */

/** Where a domain's good mail goes: tried in order until one answers. */
export interface RouteHost {
  readonly host: string;
  readonly port: number;
  /** `required`: verified STARTTLS or no delivery; `opportunistic`: STARTTLS where offered; `none`: never. */
  readonly tls: 'required' | 'opportunistic' | 'none';
}

/** Where a domain's good mail goes, and whether that may be inside our own network. */
export interface Route {
  readonly hosts: readonly RouteHost[];
  /** Set by the operator: hosts may have private addresses, and our own. */
  readonly trusted: boolean;
}

export interface DeliveryRequest {
  readonly hosts: readonly RouteHost[];
  /** Whether hosts may have private and loopback addresses, or our own. */
  readonly mayBePrivate: boolean;
  readonly helo: string;
  /** '' for the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Header fields to put before the mail, CRLF at the end of each line; '' for none. */
  readonly prepend: string;
  readonly raw: Uint8Array;
  readonly smtpUtf8: boolean;
  readonly deadlineMs: number;
}

export interface RecipientOutcome {
  readonly recipient: string;
  /** `delivered`: the route took responsibility; `deferred`: try again; `failed`: never will be taken. */
  readonly outcome: 'delivered' | 'deferred' | 'failed';
  /** SMTP reply code; 0 where there was no reply. */
  readonly code: number;
  /** The route's own words, or why nobody answered. */
  readonly response: string;
  /** host:port that answered; '' if none did. */
  readonly host: string;
}

export interface Delivery {
  /**
   * One outcome a recipient, in their order. Looks at the addresses of a host before it connects to just those: where all
   * hosts are somewhere that they may not be, all recipients have failed. Never throws.
   */
  deliver(request: DeliveryRequest): Promise<readonly RecipientOutcome[]>;
}
