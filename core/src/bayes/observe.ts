/** What the taught models make of one mail: a score, and the few words that made most of it. */
import type { BayesModels } from '../ports/bayes-models.ts';
import type { Count } from './counts.ts';
import { mailboxModelId, serviceModelId } from './model-id.ts';
import { type Scored, scoreTokens } from './score.ts';
import { standOver } from './stand-over.ts';
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
  const base = await ask(models, serviceModelId, bag);
  const whole = over(domainId === undefined ? undefined : await ask(models, domainId, bag), base);
  if (whole === undefined) return undefined;
  return {
    ...told(bag, whole, cluesEach),
    tokenizer: tokenizerVersion,
    ...(base === undefined ? {} : { base: { spam: base.spam, ham: base.ham } }),
    ...(recipients === undefined
      ? {}
      : { mailboxes: await askMailboxes(bag, whole, { models, domainId, recipients }) }),
  };
}

async function askMailboxes(
  bag: TokenBag,
  whole: Asked,
  { models, domainId, recipients = [] }: BayesQuestion,
): Promise<readonly MailboxOpinion[]> {
  const mailboxes: MailboxOpinion[] = [];
  if (domainId === undefined) return mailboxes;
  for (const [at, address] of recipients.slice(0, maxMailboxes).entries()) {
    const own = await ask(models, mailboxModelId(domainId, address), bag);
    if (own === undefined) continue;
    // Its mails are among those of the domain, so they are not added to them.
    mailboxes.push({ at, ...told(bag, { ...own, ...standOver(own, whole) }, cluesOfMailbox) });
  }
  return mailboxes;
}

type Asked = Scored & Count & { readonly model: string };

async function ask(models: BayesModels, modelId: string, { hashes }: TokenBag): Promise<Asked | undefined> {
  const model = await models.read(modelId, hashes);
  if (model === undefined) return undefined;
  return { ...scoreTokens(hashes, model), spam: model.spam, ham: model.ham, model: model.version };
}

function over(own: Asked | undefined, base: Asked | undefined): Asked | undefined {
  if (base === undefined) return own;
  const model = `${own?.model ?? '0'}/${base.model}`;
  if (own === undefined) return { ...base, model };
  return { ...standOver(own, base), spam: own.spam + base.spam, ham: own.ham + base.ham, model };
}

function told(bag: TokenBag, { model, spam, ham, score, strengths }: Asked, each: number): Opinion {
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
