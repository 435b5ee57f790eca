/** Check 35: mail without any content: no text, no picture, no file. */
import { z } from 'zod';
import type { InspectedMessage, MessagePart } from '../ports/message-inspector.ts';
import { defineCheck, observed } from './check.ts';

interface BodyFact {
  /** Characters of text beside white space; counting ends at 100. */
  readonly characters: number;
  /** Pictures, links, forms and files. */
  readonly others?: number;
  readonly hasSubject?: boolean;
}

const counted = 100;

export const bodyEmpty = defineCheck({
  number: 35,
  name: 'body-empty',
  phase: 'data',
  standing: 'ordinary',
  readsContent: true,
  title: 'Empty mail',
  help: 'Mail without text, picture or file mostly tests whether an address exists. Some people do write all they have to say into the subject.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    subjectIsEnough: z.boolean().default(true).describe('A mail that has a subject is not empty'),
    minCharacters: z
      .number()
      .int()
      .min(1)
      .max(counted)
      .default(1)
      .describe('Characters that a text has at least, white space not counted'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 2 },
    strict: { mode: 'score', weight: 3, settings: { subjectIsEnough: false } },
  },
  reasons: {
    'body-empty': {
      title: 'Nothing in it',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: the message is empty',
    },
  },
  async gather({ observed: mail }) {
    const message = await mail.message();
    const text = message.text.slice(0, 10_000).replace(/[\s\p{Cf}]+/gu, '');
    // No settings ask for more.
    if (text.length >= counted) return observed({ characters: counted });
    return observed({
      characters: text.length,
      others: othersOf(message),
      hasSubject: message.subject.trim() !== '',
    });
  },
  judge({ characters, others = 0, hasSubject = false }: BodyFact, { subjectIsEnough, minCharacters }) {
    if (others > 0 || characters >= minCharacters)
      return { result: 'pass', sentence: 'The mail has content.' };
    const what =
      characters === 0 ? 'no text, no picture and no file' : `no more than ${characters} characters`;
    return hasSubject && subjectIsEnough
      ? { result: 'none', sentence: `The mail has ${what}, only a subject.` }
      : { result: 'fail', reason: 'body-empty', sentence: `The mail has ${what}.` };
  },
});

const othersOf = ({ html, links, parts }: InspectedMessage): number =>
  (html?.images ?? 0) + (html?.forms ?? 0) + links.length + parts.filter(isContent).length;

/** Any part that is not text as such, or that has a name. */
const isContent = ({ type, name, size, disposition }: MessagePart): boolean =>
  size > 0 && (!type.startsWith('text/') || name !== undefined || disposition === 'attachment');
