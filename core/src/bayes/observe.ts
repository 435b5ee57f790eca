/** What the taught models make of one mail: a score, and the few words that made most of it. */
import type { BayesCounts, BayesModels } from '../ports/bayes-models.ts';
import type { Count } from './counts.ts';
import { mailboxModelId, serviceModelId } from './model-id.ts';
import { scoreTokens } from './score.ts';
import { type Evidence, standOver } from './stand-over.ts';
import type { TokenBag, TokenKind } from './token-bag.ts';
import { type TokenSource, tokenize, tokenizerVersion } from './tokenize.ts';

/** What a model, with those below it, makes of the mail. */
interface Opinion {
  /** Positions of the last trainings, that of the base after a slash: the same models give the same score. */
  readonly model: string;
  /** Mails that were taught. */
  readonly spam: number;
  readonly ham: number;
  /** 0 (ham) to 1 (spam), four decimals. */
  readonly score: number;
  /** The strongest, first those that speak for spam. */
  readonly clues: readonly BayesClue[];
}

/** As recorded with the mail; about 400 bytes, and 200 for each mailbox that has taught. Mails of the base count as taught. */
export interface BayesObservation extends Opinion {
  readonly tokenizer: number;
  /** Mails of `spam` and `ham` that the operator taught for the whole service; undefined: none. */
  readonly base?: Count;
  /** Recipients who have taught, if they were asked; undefined: nobody was. `spam` and `ham` are their own. */
  readonly mailboxes?: readonly MailboxOpinion[];
}

export interface MailboxOpinion extends Opinion {
  /** Place of the recipient in the envelope. */
  readonly at: number;
}

export interface BayesClue {
  readonly kind: TokenKind;
  /** Name of the header; '' elsewhere. */
  readonly about: string;
  readonly text: string;
  /** Natural logarithm of how much more frequent it is in spam; one decimal. */
  readonly weight: number;
}

export interface BayesQuestion {
  readonly models: BayesModels;
  /** Undefined: the base alone is asked. */
  readonly domainId: string | undefined;
  /** Whose own models are asked, too; undefined: nobody's. */
  readonly recipients?: readonly string[];
}

const cluesEach = 4;
const cluesOfMailbox = 2;
/** Beyond so many recipients a mail is nobody's in particular. */
const maxMailboxes = 5;

/** Undefined where nothing was taught: then the mail is not even read. */
export async function observeBayes(
  read: () => TokenSource | Promise<TokenSource>,
  { models, domainId, recipients }: BayesQuestion,
): Promise<BayesObservation | undefined> {
  if (![serviceModelId, domainId ?? serviceModelId].some((modelId) => models.knows(modelId)))
    return undefined;
  const bag = tokenize(await read());
  const { hashes } = bag;
  const base = await models.read(serviceModelId, hashes);
  const own = domainId === undefined ? undefined : await models.read(domainId, hashes);
  const domain = over(own, base);
  if (domain === undefined) return undefined;
  const mailboxes = recipients && (await askMailboxes(bag, domain, { models, domainId, recipients }));
  return {
    ...told(bag, domain, cluesEach),
    tokenizer: tokenizerVersion,
    ...(base === undefined ? {} : { base: { spam: base.spam, ham: base.ham } }),
    ...(mailboxes === undefined ? {} : { mailboxes }),
  };
}

async function askMailboxes(
  bag: TokenBag,
  { evidence }: Whole,
  { models, domainId, recipients = [] }: BayesQuestion,
): Promise<readonly MailboxOpinion[]> {
  const mailboxes: MailboxOpinion[] = [];
  if (domainId === undefined) return mailboxes;
  for (const [at, address] of recipients.slice(0, maxMailboxes).entries()) {
    const own = await models.read(mailboxModelId(domainId, address), bag.hashes);
    if (own === undefined) continue;
    const whole = { evidence: standOver(own, evidence), taught: own, model: own.version };
    mailboxes.push({ at, ...told(bag, whole, cluesOfMailbox) });
  }
  return mailboxes;
}

/** What is scored, and how many mails a person would say were taught. */
interface Whole {
  readonly evidence: Evidence;
  readonly taught: Count;
  readonly model: string;
}

function over(own: BayesCounts | undefined, base: BayesCounts | undefined): Whole | undefined {
  if (base === undefined) return own && { evidence: own, taught: own, model: own.version };
  const model = `${own?.version ?? '0'}/${base.version}`;
  if (own === undefined) return { evidence: base, taught: base, model };
  const taught = { spam: own.spam + base.spam, ham: own.ham + base.ham };
  return { evidence: standOver(own, base), taught, model };
}

function told(bag: TokenBag, { evidence, taught: { spam, ham }, model }: Whole, each: number): Opinion {
  const { score, strengths } = scoreTokens(bag.hashes, evidence);
  const strongest = (sign: 1 | -1): BayesClue[] =>
    strongestOf(strengths, { sign, each }).map((at) => ({
      ...bag.reads(at),
      weight: Math.round((strengths[at] ?? 0) * 10) / 10,
    }));
  return {
    model,
    spam,
    ham,
    score: Math.round(score * 10_000) / 10_000,
    clues: [...strongest(1), ...strongest(-1)],
  };
}

/** Places of the few strongest on one side, strongest first; the first of equals. */
function strongestOf(
  strengths: Float64Array,
  { sign, each }: { readonly sign: 1 | -1; readonly each: number },
): readonly number[] {
  const best: number[] = [];
  const strengthAt = (at: number): number => (strengths[at] ?? 0) * sign;
  for (let at = 0; at < strengths.length; at++) {
    const strength = strengthAt(at);
    if (strength < 1 || (best.length === each && strength <= strengthAt(best.at(-1) ?? 0))) continue;
    const place = best.findIndex((one) => strengthAt(one) < strength);
    best.splice(place < 0 ? best.length : place, 0, at);
    if (best.length > each) best.pop();
  }
  return best;
}
