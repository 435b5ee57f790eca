/** Port: the counts that an edge's Bayes check scores by, in its own copy. */
import type { BayesFeed } from '../handover/bayes-feed.ts';

/** What one domain has taught. */
export interface BayesModel {
  /** Mails that were taught. */
  readonly spam: number;
  readonly ham: number;
  /** Position of the last training in it, a decimal string: the same version gives the same score. */
  readonly version: string;
  /** Mails with the token, as spam and as ham; 0 for one that was never taught. `token`: of `tokenHash`. */
  spamWith(token: number): number;
  hamWith(token: number): number;
}

export interface BayesModels {
  /** The model of the domain; undefined where nothing was taught. */
  modelOf(domainId: string): BayesModel | undefined;
}

export interface BayesReplica extends BayesModels {
  /** Position to ask the feed after; undefined: everything. */
  position(): string | undefined;
  /** Stores what changed durably and makes it visible at once. A feed of another tokenizer empties the replica first. */
  apply(feed: BayesFeed): void;
  close(): void;
}
