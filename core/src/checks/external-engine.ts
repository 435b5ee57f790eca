/** Check 42: what another spam filter, Rspamd or SpamAssassin, says of the mail. */
import { z } from 'zod';
import { isPrivateHost } from '../policy/private-address.ts';
import type { EngineAnswer, EngineSymbol } from '../ports/external-engine.ts';
import { defineCheck, observed } from './check.ts';

type EngineFact = Omit<Extract<EngineAnswer, { status: 'answered' }>, 'status'>;

const engineUrl = z
  .string()
  .trim()
  .max(300)
  .refine((text) => text === '' || isPublicEngine(text), {
    message:
      'Write the address of an engine, such as https://rspamd.example.org:11333 or spamd://spam.example.org.',
  });

export const externalEngine = defineCheck({
  number: 42,
  name: 'external-engine',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'Another spam filter',
  help: 'Asks a filter that runs elsewhere, Rspamd or SpamAssassin, for its opinion, and counts its points.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    url: engineUrl
      .default('')
      .describe(
        'Rspamd (http://, https://) or spamd (spamd://); empty: the one that the operator has set up',
      ),
    threshold: z
      .number()
      .min(0)
      .max(1000)
      .default(0)
      .describe("Engine's points from which the check has failed; 0: where the engine would refuse"),
    scale: z
      .number()
      .min(0.01)
      .max(10)
      .default(0.5)
      .describe("Our points for each of the engine's, once the check has failed"),
    maxPoints: z.number().min(0.1).max(100).default(10).describe('Our points at most'),
  }),
  presets: {
    relaxed: { mode: 'score', settings: { maxPoints: 7 } },
    balanced: { mode: 'score', settings: { threshold: 6 } },
    strict: { mode: 'score', settings: { threshold: 6, scale: 1 } },
  },
  reasons: {
    'engine-spam': {
      title: 'Another filter refuses it',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message looks like spam',
    },
  },
  async gather({ observed: mail }, { url }) {
    const answer = await mail.engine(url);
    if (answer === undefined) return { status: 'not-configured' };
    if (answer.status === 'error') return { status: 'error', message: answer.message };
    const { score, required, action, symbols } = answer;
    return observed({ score, required, action, symbols });
  },
  judge(fact: EngineFact, { threshold, scale, maxPoints }) {
    const limit = threshold === 0 ? fact.required : threshold;
    const why = fact.symbols.length === 0 ? '' : ` (${fact.symbols.slice(0, 5).map(inWords).join(', ')})`;
    const said = `The engine gives ${round(fact.score)} points${why}`;
    if (fact.score < limit) return { result: 'pass', sentence: `${said}, fewer than ${round(limit)}.` };
    return {
      result: 'fail',
      reason: 'engine-spam',
      score: round(Math.min(maxPoints, Math.max(0, fact.score * scale))),
      sentence: `${said}, ${round(limit)} are enough.`,
    };
  },
});

function isPublicEngine(text: string): boolean {
  const host = /^(?:https?|spamd):\/\/(\[[\da-f:.]+\]|[^\s/?#:@[\]]+)(?::\d{1,5})?\/?$/i.exec(text)?.[1];
  return host !== undefined && !isPrivateHost(host.replace(/^\[|\]$/g, ''));
}

const inWords = ({ name, score }: EngineSymbol): string => (score === 0 ? name : `${name} ${round(score)}`);

const round = (points: number): number => Math.round(points * 100) / 100;
