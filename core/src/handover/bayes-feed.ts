/**
 * What edges are fed of the Bayes models: `GET /v1/bayes?after=POSITION&waitMs=N` answers JSON `BayesFeed` with the counts that
 * changed after the position, at once if there are any, else when one changes or the time is over.
 */

/** One page. */
export interface BayesFeed {
  /** `tokenizerVersion` of the counts. */
  readonly tokenizer: number;
  readonly models: readonly ModelTotals[];
  readonly counts: readonly ModelCounts[];
  /** Ask after this next; see `isBayesCursor`. */
  readonly next: string;
  /** True if there is more now: ask again at once. */
  readonly more: boolean;
}

/** How many mails a domain, a mailbox or the operator has taught in all. */
export interface ModelTotals {
  /** Of a domain its id, else see `model-id.ts`; a UUID. */
  readonly modelId: string;
  readonly spam: number;
  readonly ham: number;
  /** Position of its last training; decimal string. */
  readonly version: string;
}

export interface ModelCounts {
  readonly modelId: string;
  /** token, spam, ham, one after the other; 0, 0: the token is gone. */
  readonly triples: readonly number[];
}

/** A position, or that with model and token of the last count of a page: many counts change at one position. */
export const isBayesCursor = (text: string): boolean => /^\d{1,18}(?:\/[0-9a-f-]{36}\/\d{1,16})?$/.test(text);
