/** Check 4: whether the client waited for our greeting, as it has to (RFC 5321 §4.3.1). */
import { z } from 'zod';
import { defineCheck, envelopeAlone } from './check.ts';

export const earlyTalker = defineCheck({
  number: 4,
  name: 'early-talker',
  phase: 'connect',
  standing: 'ordinary',
  title: 'Speaks before it is its turn',
  help: 'A mail server waits for our greeting; a program that pours out its lines does not. Tells the more, the longer the operator keeps clients waiting for the greeting.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({}),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    'early-talker': {
      title: 'Client did not wait for the greeting',
      code: 554,
      enhanced: '5.5.1',
      text: 'Refused: your server spoke before our greeting',
    },
  },
  byEnvelope: true,
  gather: envelopeAlone,
  judge: (_fact: object, _settings, { envelope }) =>
    envelope.earlyTalker === true
      ? {
          result: 'fail',
          reason: 'early-talker',
          sentence: 'The client spoke before the greeting.',
        }
      : { result: 'pass', sentence: 'The client waited for the greeting.' },
});
