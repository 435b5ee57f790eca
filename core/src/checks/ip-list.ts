/** Check 5: the client's address on the allow and block lists of the domain and of the service. */
import { z } from 'zod';
import { matchesIp } from '../policy/pattern.ts';
import { defineCheck, envelopeAlone } from './check.ts';
import { describeMatch, firstMatch } from './lists.ts';

export const ipList = defineCheck({
  number: 5,
  name: 'ip-list',
  phase: 'connect',
  standing: 'list',
  byEnvelope: true,
  title: 'Client address lists',
  help: 'Allows or blocks the servers whose IP address or network is on your lists.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({}),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'client-listed': {
      title: 'Server on a block list',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take mail from this server',
    },
  },
  gather: envelopeAlone,
  judge(_fact: object, _settings, view) {
    const { ip } = view.envelope;
    const found = firstMatch(view, (pattern) => matchesIp(pattern, ip));
    if (found === undefined) return { result: 'none', sentence: `${ip} is on no list.` };
    const sentence = `${ip} is on ${describeMatch(found)}.`;
    return found.action === 'allow'
      ? { result: 'pass', sentence, list: found }
      : { result: 'fail', reason: 'client-listed', sentence, list: found };
  },
});
