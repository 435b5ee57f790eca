/** What the model of a domain makes of one mail: a score, and the few words that made most of it. */
import type { BayesModel } from '../ports/bayes-models.ts';
import type { TokenKind } from './token-bag.ts';
import { scoreTokens } from './score.ts';
import { type TokenSource, tokenize, tokenizerVersion } from './tokenize.ts';

/** As recorded with the mail; about 400 bytes. */
export interface BayesObservation {
  /** Position of the model's last training: the same model gives the same score. */
  readonly model: string;
  readonly tokenizer: number;
  /** Mails that the model was taught. */
  readonly spam: number;
  readonly ham: number;
  /** 0 (ham) to 1 (spam), four decimals. */
  readonly score: number;
  /** The strongest, first those that speak for spam. */
  readonly clues: readonly BayesClue[];
}

export interface BayesClue {
  readonly kind: TokenKind;
  /** Name of the header; '' elsewhere. */
  readonly about: string;
  readonly text: string;
  /** Natural logarithm of how much more frequent it is in spam; one decimal. */
  readonly weight: number;
}

const cluesEach = 4;

export function observeBayes(mail: TokenSource, model: BayesModel): BayesObservation {
  const bag = tokenize(mail);
  const { score, strengths } = scoreTokens(bag.hashes, model);
  const strongest = (sign: 1 | -1): BayesClue[] =>
    strongestOf(strengths, sign).map((at) => ({
      ...bag.reads(at),
      weight: Math.round((strengths[at] ?? 0) * 10) / 10,
    }));
  return {
    model: model.version,
    tokenizer: tokenizerVersion,
    spam: model.spam,
    ham: model.ham,
    score: Math.round(score * 10_000) / 10_000,
    clues: [...strongest(1), ...strongest(-1)],
  };
}

/** Places of the few strongest on one side, strongest first; the first of equals. */
function strongestOf(strengths: Float64Array, sign: 1 | -1): readonly number[] {
  const best: number[] = [];
  const strengthAt = (at: number): number => (strengths[at] ?? 0) * sign;
  for (let at = 0; at < strengths.length; at++) {
    const strength = strengthAt(at);
    if (strength < 1 || (best.length === cluesEach && strength <= strengthAt(best.at(-1) ?? 0))) continue;
    const place = best.findIndex((one) => strengthAt(one) < strength);
    best.splice(place < 0 ? best.length : place, 0, at);
    if (best.length > cluesEach) best.pop();
  }
  return best;
}
