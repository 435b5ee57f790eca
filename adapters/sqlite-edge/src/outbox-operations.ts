/** What the outbox asks of its writer thread, and what the thread answers. */

export type Operation =
  | {
      readonly kind: 'put';
      readonly mailId: string;
      readonly domainId: string;
      readonly receivedAt: string;
      readonly sender: string;
      readonly smtpUtf8: boolean;
      readonly trace: string;
      readonly deliverTo: readonly string[];
      readonly archive: boolean;
      /** JSON of the event, still without its chain link. */
      readonly decision: string;
      readonly raw: Uint8Array;
    }
  | { readonly kind: 'counters'; readonly event: string }
  | {
      readonly kind: 'progress';
      /** Id of the delivery. */
      readonly delivery: number;
      readonly mailId: string;
      /** Recipients that are settled: delivered or given up. */
      readonly settled: readonly string[];
      readonly retry:
        | { readonly recipients: readonly string[]; readonly at: string; readonly response: string }
        | undefined;
      /** JSON of the events in order; `carriesBody`: the raw mail goes to the archive with it. */
      readonly events: readonly { readonly event: string; readonly carriesBody: boolean }[];
    }
  | { readonly kind: 'shipped'; readonly seqs: readonly number[] }
  | { readonly kind: 'park'; readonly refused: readonly { readonly seq: number; readonly reason: string }[] }
  /** `reasons`: what was parked for one of them comes back. */
  | { readonly kind: 'renew-chains'; readonly reasons: readonly string[] };

export type OperationOf<TKind extends Operation['kind']> = Extract<Operation, { kind: TKind }>;

/** Numbers of rows. */
export interface OutboxCounts {
  readonly undelivered: number;
  readonly unshipped: number;
  readonly parked: number;
}

export interface WriterAnswer {
  /** For each operation of the group undefined if it is on disk, else why it is not. */
  readonly failures: readonly (string | undefined)[];
  readonly counts: OutboxCounts;
}
