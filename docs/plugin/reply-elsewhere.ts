/** An example of a check of one's own: answers that would go to a free mailbox instead of to the author. */
import { z } from 'zod';
import { defineCheck, observed } from '@sluice/core/checks/check.ts';

/** What the check observed: it is recorded with the decision, so keep it small. */
interface ReplyFact {
  /** Domains of the From and of the Reply-To header, lower case. */
  readonly from: string;
  readonly replyTo: string;
}

const domainName = z.string().max(253).toLowerCase();

export default defineCheck({
  // 100 to 255, and never changed: it is the bit of this check in all recorded decisions.
  number: 100,
  name: 'reply-elsewhere',
  phase: 'data',
  standing: 'ordinary',
  title: 'Answer goes elsewhere',
  help: 'Fraud in the name of a colleague or supplier often asks you to answer to a free mailbox. This compares the address in From with that in Reply-To.',
  modes: ['off', 'observe', 'score', 'reject'],
  // Each setting has a default; panel, command line and api make their forms from this schema.
  settings: z.object({
    freeProviders: z
      .array(domainName)
      .max(1_000)
      .default(['freemail.example'])
      .describe('Domains where anybody gets a mailbox: answers to them count, if the mail is not from there'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'observe' },
    strict: { mode: 'score', weight: 2 },
  },
  reasons: {
    'reply-elsewhere': {
      title: 'Answer goes elsewhere',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the answer to this mail would go to a free mailbox of somebody else',
    },
  },
  // Runs while the sender waits. It sees the mail and the ports that it is handed, and no settings of other checks.
  async gather({ observed: mail }) {
    const { fields } = mail.header();
    const from = domainIn(fields.get('from')?.[0]);
    const replyTo = domainIn(fields.get('reply-to')?.[0]);
    if (from === undefined || replyTo === undefined) return { status: 'nothing' };
    return observed<ReplyFact>({ from, replyTo });
  },
  // Pure: it is asked again for the same fact whenever somebody looks at the mail or tries other settings.
  judge({ from, replyTo }, { freeProviders }) {
    const isElsewhere = replyTo !== from && freeProviders.includes(replyTo);
    return isElsewhere
      ? {
          result: 'fail',
          reason: 'reply-elsewhere',
          sentence: `The mail is from ${from}, and its answer would go to ${replyTo}.`,
        }
      : { result: 'pass', sentence: `The answer would go to ${replyTo}.` };
  },
});

/** The domain of the first address in a header field, or undefined. */
const domainIn = (text = ''): string | undefined => /@([A-Za-z0-9.-]{1,253})/.exec(text)?.[1]?.toLowerCase();
