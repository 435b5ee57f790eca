/** Check 41: the language of the text, where a domain reads only some (BCP 47). */
import { z } from 'zod';
import { guessLanguage, type LanguageGuess } from '../message/language.ts';
import { defineCheck, observed } from './check.ts';

interface LanguageFact {
  /** Likeliest first. */
  readonly guesses: readonly LanguageGuess[];
}

const tag = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}$/, {
    message: 'Write a language such as en, de or pt-BR (BCP 47).',
  });

/** Below it the likeliest language is a guess among several. */
const enough = 0.5;

export const language = defineCheck({
  number: 41,
  name: 'language',
  phase: 'data',
  standing: 'ordinary',
  readsContent: true,
  title: 'Language',
  help: 'Tells the language of the text. Name those that you read, and mail that is clearly in another one counts as failed. Short texts and doubtful ones are left alone.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    accepted: z
      .array(tag)
      .max(50)
      .default([])
      .describe('Languages that you read, such as en, de; none: every language'),
  }),
  presets: {
    relaxed: { mode: 'off' },
    balanced: { mode: 'observe' },
    strict: { mode: 'score', weight: 2 },
  },
  reasons: {
    'language-foreign': {
      title: 'In a language that nobody reads here',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take mail in this language',
    },
  },
  async gather({ observed: mail }) {
    const { subject, text } = await mail.message();
    const guesses = guessLanguage(`${subject}\n${text}`);
    return guesses.length === 0 ? { status: 'nothing' } : observed({ guesses });
  },
  judge({ guesses }: LanguageFact, { accepted }) {
    const [first] = guesses;
    const seen = guesses.map((one) => `${one.language} ${Math.round(one.share * 100)} %`).join(', ');
    if (first === undefined || first.share < enough) {
      return { result: 'none', sentence: `The language of the mail is not clear (${seen}).` };
    }
    if (accepted.length === 0)
      return { result: 'none', sentence: `The mail is in ${first.language} (${seen}).` };
    const isAccepted = accepted.some((one) => one.split('-')[0] === first.language);
    return isAccepted
      ? { result: 'pass', sentence: `The mail is in ${first.language}, which is read here (${seen}).` }
      : {
          result: 'fail',
          reason: 'language-foreign',
          sentence: `The mail is in ${first.language} (${seen}); read here: ${accepted.join(', ')}.`,
        };
  },
});
