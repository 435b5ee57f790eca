/** Port: tries out one host of a route as a delivery would, up to the first recipient, and never sends a mail. */
import type { RouteHost } from './delivery.ts';

export interface ProbeStep {
  /** In this order; after the first that failed there are no more. */
  readonly name: 'resolve' | 'connect' | 'greeting' | 'tls' | 'recipient';
  /** Whether a delivery would go on from here. */
  readonly ok: boolean;
  readonly ms: number;
  /** What was seen, in one sentence; may hold words of the host, which are hostile text. */
  readonly detail: string;
  /** What the host said no to, in its own words; hostile text. */
  readonly refused?: { readonly command: 'MAIL' | 'RCPT'; readonly code: number; readonly words: string };
}

export interface ProbedHost {
  /** The address that was connected to. */
  readonly address?: string;
  /** Every step went well: mail would be taken. */
  readonly ok: boolean;
  readonly steps: readonly ProbeStep[];
}

export interface ProbeRequest {
  readonly host: RouteHost;
  /** Asked for as a recipient from the null sender: an address that every domain has to take. */
  readonly recipient: string;
  /** Whether private and loopback addresses, and our own, may be connected to. */
  readonly mayBePrivate: boolean;
  /** For all steps together, in ms. */
  readonly deadlineMs: number;
}

export interface RouteProbe {
  /** Connects to the address that it has looked at, so that a name cannot lead elsewhere a moment later. Never throws. */
  probe(request: ProbeRequest): Promise<ProbedHost>;
}
