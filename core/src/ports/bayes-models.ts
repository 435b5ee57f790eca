/** Port: the counts that an edge's Bayes check scores by, in its own copy. */
import type { BayesFeed } from '../handover/bayes-feed.ts';

/** What one domain, one mailbox or the operator has taught, as far as some tokens tell. */
export interface BayesCounts {
  /** Mails that were taught. */
  readonly spam: number;
  readonly ham: number;
  /** Position of the last training in it, a decimal string: the same version gives the same score. */
  readonly version: string;
  /** Mails with each token, as spam and as ham, by its place among those that were asked for; 0 for one that was never taught. */
  readonly spams: ArrayLike<number>;
  readonly hams: ArrayLike<number>;
}

export interface BayesModels {
  /** Whether anything was taught. `modelId`: see `model-id.ts`. */
  knows(modelId: string): boolean;
  /** Undefined where nothing was taught. `tokens`: of `tokenHash`. */
  read(modelId: string, tokens: readonly number[]): Promise<BayesCounts | undefined>;
}

export interface BayesReplica extends BayesModels {
  /** Position to ask the feed after; undefined: everything. */
  position(): string | undefined;
  /**
   * Stores what changed durably, in slices, so that nothing else has to wait for it; one feed at a time. The position moves with
   * the last slice: what was cut short is fed again. A feed of another tokenizer empties the replica first.
   */
  apply(feed: BayesFeed): Promise<void>;
  close(): void;
}
