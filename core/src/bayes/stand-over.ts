/** How a model stands over another: a mailbox's over its domain's, a domain's over that of the service. */
import type { BayesCounts } from '../ports/bayes-models.ts';

/** Mails of both kinds, and how many of them have each of some tokens; need not be whole. */
export type Evidence = Pick<BayesCounts, 'spam' | 'ham' | 'spams' | 'hams'>;

/** Own mails of a kind from which they outweigh those below, however many these are. */
export const worth = 50;
/** Own spam weighs as this many times the own ham at most. */
const spamToHam = 2;

/**
 * Adds up both, the mails below by a weight that falls with each own mail of their kind: `n` own ones leave of `m` below what
 * 1 / (1/m + n/worth²) are, so that those below decide while there are none, and hardly matter once there are many. What is
 * below stays when only the other kind was taught, which happens: people release, and report nothing. The reverse is not as
 * harmless, since all that is usual here would look like spam; so own spam counts in full only beside own ham. Chosen by
 * measuring: means of two scores, weighed alike, kept mails from either threshold. Pure. An empty side changes nothing.
 */
export function standOver(own: Evidence, below: Evidence): Evidence {
  if (below.spam + below.ham <= 0) return own;
  const spamWeight = own.spam <= 0 ? 1 : Math.min(1, (spamToHam * own.ham) / own.spam);
  const spam = pool(
    { mails: own.spam * spamWeight, of: (at) => (own.spams[at] ?? 0) * spamWeight },
    { mails: below.spam, of: (at) => below.spams[at] ?? 0 },
  );
  const ham = pool(
    { mails: own.ham, of: (at) => own.hams[at] ?? 0 },
    { mails: below.ham, of: (at) => below.hams[at] ?? 0 },
  );
  const { length } = own.spams;
  return {
    spam: spam.mails,
    ham: ham.mails,
    spams: Float64Array.from({ length }, (_, at) => spam.of(at)),
    hams: Float64Array.from({ length }, (_, at) => ham.of(at)),
  };
}

/** Mails of one kind. */
interface Kind {
  readonly mails: number;
  of(at: number): number;
}

function pool(own: Kind, below: Kind): Kind {
  const weight = 1 / (1 + (own.mails * below.mails) / worth ** 2);
  return {
    mails: own.mails + weight * below.mails,
    of: (at) => own.of(at) + weight * below.of(at),
  };
}
