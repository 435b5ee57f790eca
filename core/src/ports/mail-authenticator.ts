/** Port: what SPF, DKIM and ARC say of a mail, as observations without any opinion on them. */

/** RFC 7208 §2.6. */
export type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

export interface SpfObservation {
  readonly result: SpfResult;
  /** Domain that was checked: of MAIL FROM, or of HELO for the null sender. */
  readonly domain: string;
  /** The record found, if any. */
  readonly record?: string;
  /** Why, in the library's words: for the log and the fact, not for the sender. */
  readonly comment?: string;
}

export interface DkimSignature {
  /** RFC 8601 §2.7.1. */
  readonly result: 'pass' | 'fail' | 'neutral' | 'policy' | 'temperror' | 'permerror' | 'none';
  /** d= */
  readonly domain: string;
  /** s= */
  readonly selector: string;
  /** a= */
  readonly algorithm: string;
  readonly keyBits?: number;
  readonly comment?: string;
}

/** One ARC set (RFC 8617 §4): who sealed, and what it says that it saw when the mail came to it. */
export interface ArcSet {
  /** i= */
  readonly instance: number;
  /** d= of the seal. */
  readonly sealer: string;
  /** Domain for which it saw SPF pass; undefined if it did not, '' if it does not say for whom. */
  readonly spf: string | undefined;
  /** Domains for which it saw DKIM pass. */
  readonly dkim: readonly string[];
  /** Whether it saw DMARC pass. */
  readonly dmarc: boolean;
}

export interface ArcObservation {
  /** Of the whole chain (RFC 8617 §5.2); `none` without one, `temperror` where a key could not be asked for. */
  readonly result: 'none' | 'pass' | 'fail' | 'temperror';
  /** The newest five sets, oldest first; empty where the chain cannot be read. */
  readonly sets: readonly ArcSet[];
  readonly comment?: string;
}

export interface MailAuthenticator {
  spf(question: {
    readonly ip: string;
    readonly helo: string;
    readonly sender: string;
    readonly deadlineMs: number;
  }): Promise<SpfObservation>;
  /** One entry a signature; none for an unsigned mail. */
  dkim(raw: Uint8Array, deadlineMs: number): Promise<readonly DkimSignature[]>;
  /** The chain of seals; `none` for a mail without one. */
  arc(raw: Uint8Array, deadlineMs: number): Promise<ArcObservation>;
}
