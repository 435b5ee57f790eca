/** Check 6: whether the client's address has a reverse name at all (RFC 1912 §2.1). */
import { z } from 'zod';
import { defineCheck } from './check.ts';
import { isIpv4 } from './client-address.ts';
import { gatherNames, type NamesFact } from './reverse-names.ts';

export const rdns = defineCheck({
  number: 6,
  name: 'rdns',
  phase: 'connect',
  standing: 'ordinary',
  asksNow: true,
  title: 'Reverse name exists',
  help: 'Asks DNS whether the address of the client has a host name. Whoever runs a mail server sees to that; hijacked home computers and rented machines of a day often have none.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    v4: z.boolean().default(true).describe('Clients with an IPv4 address must have a reverse name'),
    v6: z.boolean().default(true).describe('Clients with an IPv6 address must have a reverse name'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 2 },
    strict: { mode: 'score', weight: 2 },
  },
  reasons: {
    // RFC 7372 §3.3
    'reverse-missing': {
      title: 'No reverse name',
      code: 550,
      enhanced: '5.7.25',
      text: 'Refused: the address of your server has no reverse DNS name',
    },
  },
  gather: gatherNames,
  judge(fact: NamesFact, { v4, v6 }, { envelope: { ip } }) {
    if (fact.names.length > 0) {
      return { result: 'pass', sentence: `The reverse name of ${ip} is ${fact.names.join(', ')}.` };
    }
    const sentence = `${ip} has no reverse name`;
    const isV4 = isIpv4(ip);
    return (isV4 ? v4 : v6)
      ? { result: 'fail', reason: 'reverse-missing', sentence: `${sentence}.` }
      : { result: 'none', sentence: `${sentence}; clients by ${isV4 ? 'IPv4' : 'IPv6'} need none here.` };
  },
});
