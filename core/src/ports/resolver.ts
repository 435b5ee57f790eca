/** Port: DNS questions of the checks, each with a deadline and an answer that can be recorded. */

export type DnsType = 'A' | 'AAAA' | 'MX' | 'PTR' | 'TXT';

/** `no-data`: the name exists without such a record; `no-name`: NXDOMAIN; `failed`: time-out, SERVFAIL or refused. */
export type DnsAnswer =
  | {
      readonly status: 'found';
      readonly records: readonly string[];
      /** Seconds for which the answer may still be used, of the shortest-lived record on the way. */
      readonly ttl?: number;
      /** The name server vouches that DNSSEC proves the answer (AD bit, RFC 4035 §3.2.3). */
      readonly authentic?: true;
    }
  | { readonly status: 'no-data' | 'no-name' }
  | { readonly status: 'failed'; readonly message: string };

export interface Resolver {
  /**
   * Asks one question. Records are: addresses for A and AAAA, names without final dot for PTR, `preference exchange` for
   * MX in order of preference, the joined strings for TXT. PTR is asked by reverse name (`4.3.2.1.in-addr.arpa`). Names of
   * other scripts are asked by their A-labels (RFC 5891), aliases (CNAME) are followed. Never throws.
   */
  resolve(name: string, type: DnsType, options: { readonly deadlineMs: number }): Promise<DnsAnswer>;
}
