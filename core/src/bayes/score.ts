/** How likely a mail is unwanted: two views of the same counts, and their mean. */
import { isPair } from './token-hash.ts';
import { logChiSquareTail } from './chi-square.ts';
import type { Evidence } from './stand-over.ts';

export interface Scored {
  /** 0 (ham) to 1 (spam). */
  readonly score: number;
  /** By place in the tokens: how strongly each speaks, above 0 for spam; 0 for tokens that were never taught. */
  readonly strengths: Float64Array;
}

/** What a token that was seen once, on one side only, counts as on the other: part of a mail. */
const smallest = 0.02;
/** Robinson's s: how many mails the assumption that a token is neutral is worth. */
const neutralWorth = 0.0178;
/** Tokens nearer to neutral than this are left out of Fisher's method. */
const leastDeviation = 0.375;
/** Log odds, divided by the root of their number, at which the first view is halfway from unsure to sure. */
const steepness = 0.3;

/**
 * One view is the log odds of all tokens (naive Bayes; divided by the root of their number, since words come in company).
 * It never saturates and orders well. The other is Fisher's method as Robinson uses it (Linux Journal 107, 2003): the
 * strongest single tokens, spam and ham asked apart, so that a mail that speaks for both comes out unsure. Pure; total in [0, 1].
 */
export function scoreTokens(tokens: readonly number[], model: Evidence): Scored {
  const strengths = new Float64Array(tokens.length);
  const spamMails = Math.max(model.spam, 1);
  const hamMails = Math.max(model.ham, 1);
  const base = Math.log((spamMails + 2 * smallest) / (hamMails + 2 * smallest));
  let known = 0;
  let sum = 0;
  let strong = 0;
  let spamLogs = 0;
  let hamLogs = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? 0;
    const spam = model.spams[at] ?? 0;
    const ham = model.hams[at] ?? 0;
    if (spam + ham <= 0) continue;
    const strength = Math.log((spam + smallest) / (ham + smallest)) - base;
    strengths[at] = strength;
    sum += strength;
    known += 1;
    if (isPair(token)) continue;
    const asSpam = spam / spamMails;
    const probability =
      (neutralWorth / 2 + ((spam + ham) * asSpam) / (asSpam + ham / hamMails)) / (neutralWorth + spam + ham);
    if (Math.abs(probability - 0.5) < leastDeviation) continue;
    strong += 1;
    spamLogs -= Math.log(probability);
    hamLogs -= Math.log1p(-probability);
  }
  if (known === 0) return { score: 0.5, strengths };
  const odds = 1 / (1 + Math.exp((-steepness * sum) / Math.sqrt(known)));
  const looksSpam = Math.exp(logChiSquareTail(spamLogs, strong));
  const looksHam = Math.exp(logChiSquareTail(hamLogs, strong));
  const fisher = (1 + looksSpam - looksHam) / 2;
  return { score: (odds + fisher) / 2, strengths };
}
