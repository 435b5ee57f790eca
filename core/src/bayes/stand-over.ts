/** How a model stands over another: a mailbox's over its domain's, a domain's over that of the service. */
import type { Count } from './counts.ts';
import type { Scored } from './score.ts';

/** Mails of each kind that a model has to be taught to speak as loudly as the one below it, however much that one was taught. */
const worth = 50;

/** Nobody learns the difference from mails of one kind: the rarer one counts. */
const pairs = ({ spam, ham }: Count): number => Math.max(0, Math.min(spam, ham));

/**
 * The share of the own word, 0 to 1: 0 where nothing was taught on top, 1 where there is nothing below. It never falls with an
 * own mail more, and gets as near to 1 as one likes.
 */
export function ownShare(own: Count, below: Count): number {
  if (own.spam + own.ham <= 0) return 0;
  if (below.spam + below.ham <= 0) return 1;
  const said = pairs(own);
  const against = Math.min(worth, pairs(below));
  return said + against === 0 ? 1 : said / (said + against);
}

/** Both of the same tokens; the score is between the two, and so is how strongly each token speaks. Pure. */
export function standOver(own: Scored & Count, below: Scored & Count): Scored {
  const share = ownShare(own, below);
  if (share === 1) return own;
  if (share === 0) return below;
  const mixed = (one: number, other: number): number => share * one + (1 - share) * other;
  return {
    score: mixed(own.score, below.score),
    strengths: own.strengths.map((strength, at) => mixed(strength, below.strengths[at] ?? 0)),
  };
}
