/** Check 12: whether the client introduces itself with a name that is ours, or that of a domain protected here. */
import { z } from 'zod';
import { isAligned } from './alignment.ts';
import { defineCheck } from './check.ts';
import { isSameAddress } from './client-address.ts';
import { gatherAddresses } from './helo-match.ts';

interface ForgedFact {
  /** Whose name it is: that of the edge, or of a domain that is protected here. */
  readonly claims: 'us' | 'protected';
  /** Addresses of the name: a server of that domain may well use it. */
  readonly addresses: readonly string[];
  readonly ttl?: number;
}

export const heloForged = defineCheck({
  number: 12,
  name: 'helo-forged',
  phase: 'helo',
  standing: 'ordinary',
  asksNow: true,
  title: 'Greeting name of ours',
  help: 'Finds clients that introduce themselves with our own name or with a domain that is protected here, as senders of spam do to look trusted. A server with an address of that name, or that SPF permits to use it, is left alone.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({}),
  presets: {
    relaxed: { mode: 'score', weight: 2 },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    'helo-forged': {
      title: 'Greeting name of ours',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name given in HELO is not yours',
    },
  },
  async gather({ envelope, own, resolver, clientIsPrivate, deadlineMs }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const name = envelope.helo.toLowerCase().replace(/\.$/, '');
    if (own === undefined || name === '') return { status: 'nothing' };
    const isUs = name === own.hostname.toLowerCase();
    if (!isUs && !own.protects(name)) return { status: 'nothing' };
    const found = await gatherAddresses(name, envelope.ip, resolver, deadlineMs);
    if (found.status !== 'observed') return found;
    return { status: 'observed', fact: { claims: isUs ? 'us' : 'protected', ...found.fact } };
  },
  judge(fact: ForgedFact, _settings, { envelope: { helo, ip }, spf }) {
    const name = helo.slice(0, 255);
    const whose = fact.claims === 'us' ? 'our own name' : 'a domain that is protected here';
    const said = `HELO “${name}” is ${whose}`;
    if (fact.addresses.some((one) => isSameAddress(one, ip))) {
      return { result: 'pass', sentence: `${said}, and has the address of the client, ${ip}.` };
    }
    if (spf?.result === 'pass' && isAligned(spf.domain, name, 'relaxed')) {
      return { result: 'pass', sentence: `${said}, and SPF of ${spf.domain} permits ${ip} to send for it.` };
    }
    const leads = fact.addresses.length === 0 ? 'nowhere' : `to ${fact.addresses.join(', ')}`;
    return {
      result: 'fail',
      reason: 'helo-forged',
      sentence: `${said}, but it leads ${leads}, not to the client, ${ip}.`,
    };
  },
});
