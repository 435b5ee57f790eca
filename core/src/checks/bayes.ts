/** Check 40: how much the words of a mail are like those of the spam, and of the wanted mail, that the domain has taught. */
import { z } from 'zod';
import type { BayesClue, BayesObservation, MailboxOpinion } from '../bayes/observe.ts';
import { defineCheck, type JudgeView, observed } from './check.ts';

export const bayes = defineCheck({
  number: 40,
  name: 'bayes',
  phase: 'data',
  standing: 'ordinary',
  readsContent: true,
  title: 'Learned words',
  help: 'Compares words, links and headers with the mails that you have released, reported or brought in as samples. It learns what is wanted here, which no list of others knows; until it has seen enough of both kinds it says nothing.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    scope: z
      .enum(['domain', 'mailbox'])
      .default('domain')
      .describe(
        'Whose taught mails count: those of the whole domain, or for each recipient their own before those of the domain',
      ),
    spamFrom: z
      .number()
      .min(0.5)
      .max(1)
      .default(0.95)
      .describe('Likeness (0 to 1) from which a mail counts as spam'),
    hamBelow: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.3)
      .describe('Likeness below which a mail counts as wanted; between the two it is unsure'),
    minimum: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(50)
      .describe('Mails of each kind, spam and wanted, that have to be taught before it says anything'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 3, settings: { spamFrom: 0.98 } },
    balanced: { mode: 'score', weight: 4, settings: { spamFrom: 0.95 } },
    strict: { mode: 'score', weight: 5, settings: { spamFrom: 0.9 } },
  },
  reasons: {
    'learned-spam': {
      title: 'Reads like spam',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message is too much like mail that was reported as unwanted here',
    },
  },
  async gather({ observed: mail }, { scope }) {
    if (mail.learned === undefined) return { status: 'nothing' };
    const learned = await mail.learned(scope);
    return learned === undefined ? { status: 'nothing' } : observed(learned);
  },
  unasked: ({ mailboxes }: BayesObservation, { scope }) =>
    scope === 'mailbox' && mailboxes === undefined ? ['models of mailboxes'] : [],
  judge(fact: BayesObservation, { scope, spamFrom, hamBelow, minimum }, view) {
    const fewer = Math.min(fact.spam, fact.ham);
    if (fewer < minimum) {
      return {
        result: 'none',
        sentence: `Not taught enough yet: ${fact.spam} of ${minimum} spam mails and ${fact.ham} of ${minimum} wanted ones.`,
      };
    }
    const own = scope === 'mailbox' ? ofRecipient(fact, view) : undefined;
    const { score, clues } = own ?? fact;
    const percent = `${Math.floor(score * 1_000) / 10} %`;
    const whose = byWhom(fact, own);
    const words = strongest(clues);
    if (score >= spamFrom) {
      return {
        result: 'fail',
        reason: 'learned-spam',
        sentence: `It reads like spam (${percent}${whose}).${words}`,
      };
    }
    return score < hamBelow
      ? { result: 'pass', sentence: `It reads like wanted mail (${percent} spam${whose}).${words}` }
      : { result: 'none', sentence: `Unsure: it reads like spam by ${percent}${whose}.${words}` };
  },
});

/** What the recipient's own model says, where they have taught. */
const ofRecipient = (
  { mailboxes = [] }: BayesObservation,
  { envelope, recipient }: JudgeView,
): MailboxOpinion | undefined =>
  mailboxes.find(({ at }) => envelope.recipients[at]?.toLowerCase() === recipient.toLowerCase());

/** Whose samples it was, where they are not simply the domain's. */
function byWhom({ spam, ham, base }: BayesObservation, own: MailboxOpinion | undefined): string {
  if (own !== undefined) return ', as this mailbox has taught';
  return base !== undefined && base.spam + base.ham === spam + ham ? ', as the service was taught' : '';
}

/** The words for and against, in words. */
function strongest(clues: readonly BayesClue[]): string {
  const spam = clues.filter(({ weight }) => weight > 0).map(inWords);
  const ham = clues.filter(({ weight }) => weight < 0).map(inWords);
  const speaking = [
    ...(spam.length === 0 ? [] : [`for spam speak ${spam.join(', ')}`]),
    ...(ham.length === 0 ? [] : [`against it ${ham.join(', ')}`]),
  ].join('; ');
  return speaking === '' ? '' : ` ${speaking.charAt(0).toUpperCase()}${speaking.slice(1)}.`;
}

function inWords({ kind, about, text }: BayesClue): string {
  const quoted = `“${text.replaceAll(/[\s\p{Cc}]+/gu, ' ')}”`;
  switch (kind) {
    case 'word':
    case 'phrase':
      return quoted;
    case 'subject':
      return `${quoted} in the subject`;
    case 'header':
      return about === '' ? `the header ${quoted}` : `${quoted} in the header ${about}`;
    case 'host':
      return `a link to ${quoted}`;
    case 'link':
      return `${quoted} in a link`;
    case 'attachment':
      return `the attachment ${quoted}`;
    case 'structure':
      return `its build ${quoted}`;
    default:
      return kind satisfies never;
  }
}
