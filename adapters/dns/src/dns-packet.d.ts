/** What we use of dns-packet, which brings no types: one message to bytes and back (RFC 1035 §4). */
declare module 'dns-packet' {
  interface Question {
    readonly name: string;
    readonly type: string;
  }
  interface Record {
    readonly name: string;
    readonly type: string;
    /** Seconds; missing for OPT. */
    readonly ttl?: number;
    readonly data?: unknown;
  }
  interface Optional {
    readonly name: '.';
    readonly type: 'OPT';
    readonly udpPayloadSize: number;
  }
  interface Query {
    readonly type: 'query';
    readonly id: number;
    readonly flags: number;
    readonly questions: readonly Question[];
    readonly additionals: readonly Optional[];
  }
  interface Response {
    readonly questions: readonly Question[];
    readonly answers: readonly Record[];
    readonly authorities: readonly Record[];
  }
  export function encode(query: Query): Buffer;
  /** Throws for what is no message. */
  export function decode(bytes: Uint8Array): Response;
}
