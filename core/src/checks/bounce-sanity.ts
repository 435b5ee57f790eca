/** Check 24: bounces that cannot be answers to mail of ours: to several recipients, or of a mail that was never sent here. */
import { z } from 'zod';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { domainOf } from './alignment.ts';
import { defineCheck, observed } from './check.ts';
import { domainPattern, namesDomain } from './patterns.ts';

interface BounceFact {
  /** Right-hand sides of the Message-IDs that it answers, as it names them. */
  readonly answers: readonly string[];
}

const maxIds = 5;

export const bounceSanity = defineCheck({
  number: 24,
  name: 'bounce-sanity',
  phase: 'data',
  standing: 'ordinary',
  title: 'Bounce makes sense',
  help: 'A bounce has the null sender and goes to the one who wrote the mail. One to several recipients is none; and if you name the domains in the Message-IDs of your own mail, neither is one that answers a mail of somebody else.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    ownMessageIds: z
      .array(domainPattern)
      .max(100)
      .default([])
      .describe('Domains that stand in the Message-IDs of mail that you send; none: they are not looked at'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 2 },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    'bounce-several': {
      title: 'Bounce to several recipients',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: a bounce goes to one recipient only',
    },
    'bounce-unrelated': {
      title: 'Bounce of a mail that was not sent here',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the mail that this bounce answers was not sent from here',
    },
  },
  async gather({ envelope, observed: mail }) {
    return envelope.sender === ''
      ? observed({ answers: answeredIn(await mail.message()) })
      : { status: 'nothing' };
  },
  judge(fact: BounceFact, { ownMessageIds }, { envelope }) {
    const { size } = new Set(envelope.recipients.map((one) => one.toLowerCase()));
    if (size > 1) {
      return {
        result: 'fail',
        reason: 'bounce-several',
        sentence: `The mail has the null sender of a bounce, and ${size} recipients.`,
      };
    }
    if (ownMessageIds.length === 0) {
      return { result: 'pass', sentence: 'The mail has the null sender of a bounce, and one recipient.' };
    }
    if (fact.answers.length === 0) {
      return { result: 'none', sentence: 'The bounce does not name the mail that it answers.' };
    }
    const own = fact.answers.find((name) => ownMessageIds.some((pattern) => namesDomain(pattern, name)));
    return own === undefined
      ? {
          result: 'fail',
          reason: 'bounce-unrelated',
          sentence: `The bounce answers a mail of ${fact.answers.join(', ')}, which is not yours.`,
        }
      : { result: 'pass', sentence: `The bounce answers a mail of ${own}.` };
  },
});

function answeredIn({ headers }: Pick<InspectedMessage, 'headers'>): readonly string[] {
  const texts = headers
    .filter(({ name }) => ['in-reply-to', 'references'].includes(name.toLowerCase()))
    .map(({ value }) => value.slice(0, 2_000));
  const ids = texts.flatMap((text) => text.match(/[^\s<>@]+@[^\s<>]+/g) ?? []);
  return [...new Set(ids.map((id) => domainOf(id).slice(0, 255)))].slice(0, maxIds);
}
