/** Check 8: the client by its reverse name: names and top-level domains that are not wanted, and names of dial-up lines. */
import { getPublicSuffix } from 'tldts';
import { z } from 'zod';
import { matchesWildcard } from '../policy/pattern.ts';
import { defineCheck } from './check.ts';
import { looksDynamic } from './dynamic-name.ts';
import { gatherNames, type NamesFact } from './reverse-names.ts';

const hostPattern = z
  .string()
  .max(255)
  .regex(/^(?=.*[a-z0-9])[a-z0-9._*-]+$/i, {
    message: 'Write a host name; * stands for any run of characters, as in *.dsl.example.net.',
  });

const topLevel = z
  .string()
  .max(63)
  .regex(/^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, { message: 'Write the end of a name, such as top or co.uk.' });

export const rdnsPattern = defineCheck({
  number: 8,
  name: 'rdns-pattern',
  phase: 'connect',
  standing: 'ordinary',
  asksNow: true,
  title: 'Kind of reverse name',
  help: 'Looks at the host name of the client: names and endings that you do not want, and names that providers give to the lines of their customers, which do not send mail by themselves.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    hosts: z
      .array(hostPattern)
      .max(1000)
      .default([])
      .describe('Host names that are not wanted; * stands for any run of characters'),
    endings: z
      .array(topLevel)
      .max(500)
      .default([])
      .describe('Top-level domains and other public endings that are not wanted, such as top or co.uk'),
    dynamic: z
      .boolean()
      .default(true)
      .describe('Names as providers give them to lines with changing addresses count too'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 2 },
    strict: { mode: 'score', weight: 3 },
  },
  reasons: {
    'reverse-name-denied': {
      title: 'Reverse name not wanted',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take mail from servers with such a name',
    },
    'reverse-name-dynamic': {
      title: 'Reverse name of a dial-up line',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: your reverse DNS name is that of a line with a changing address; send through the server of your provider',
    },
  },
  gather: gatherNames,
  judge(fact: NamesFact, { hosts, endings, dynamic }, { envelope: { ip } }) {
    if (fact.names.length === 0) return { result: 'none', sentence: `${ip} has no reverse name to look at.` };
    for (const name of fact.names) {
      const pattern = hosts.find((one) => matchesWildcard(one.toLowerCase(), name));
      const entry = pattern ?? endings.find((one) => hasEnding(name, one));
      if (entry !== undefined) {
        return {
          result: 'fail',
          reason: 'reverse-name-denied',
          sentence: `The reverse name of ${ip}, ${name}, is not wanted (${entry}).`,
        };
      }
    }
    const line = dynamic ? fact.names.map((name) => looksDynamic(name, ip)) : [];
    const [first] = fact.names;
    // One name that is no line's is enough: whoever asks for a name of their own runs a server.
    if (line[0] !== undefined && line.every((why) => why !== undefined)) {
      return {
        result: 'fail',
        reason: 'reverse-name-dynamic',
        sentence: `The reverse name of ${ip}, ${first}, is that of a line with a changing address (${line[0]}).`,
      };
    }
    return { result: 'pass', sentence: `Nothing is against the reverse name of ${ip}, ${first}.` };
  },
});

function hasEnding(name: string, ending: string): boolean {
  const wanted = ending.toLowerCase().replace(/^\./, '');
  return name.endsWith(`.${wanted}`) || getPublicSuffix(name) === wanted;
}
