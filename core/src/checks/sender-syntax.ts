/** Check 13: whether the envelope sender is an address that a reply could be sent to (RFC 5321 §4.1.2). */
import { isIp } from '../policy/ip-address.ts';
import { z } from 'zod';
import { defineCheck, envelopeAlone } from './check.ts';

export const senderSyntax = defineCheck({
  number: 13,
  name: 'sender-syntax',
  phase: 'mail',
  standing: 'ordinary',
  byEnvelope: true,
  title: 'Sender is an address',
  help: 'Looks at the spelling of the envelope sender: it needs a full domain name. The null sender <> of bounces is fine.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    literals: z.boolean().default(false).describe('Let addresses such as user@[192.0.2.1] through'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 2, settings: { literals: true } },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    // RFC 3463 §3.2
    'sender-invalid': {
      title: 'Sender is no address',
      code: 550,
      enhanced: '5.1.7',
      text: 'Refused: the envelope sender is not a full mail address',
    },
  },
  gather: envelopeAlone,
  judge(_fact: object, { literals }, { envelope: { sender } }) {
    if (sender === '') return { result: 'pass', sentence: 'The mail has the null sender.' };
    const fault = faultOf(sender, literals);
    const named = `The envelope sender “${sender.slice(0, 320)}”`;
    return fault === undefined
      ? { result: 'pass', sentence: `${named} is spelled as an address.` }
      : { result: 'fail', reason: 'sender-invalid', sentence: `${named} ${fault}.` };
  },
});

/** What is wrong with it, as the end of a sentence. */
function faultOf(sender: string, literals: boolean): string | undefined {
  const at = sender.lastIndexOf('@');
  if (at < 0) return 'has no domain';
  const local = sender.slice(0, at);
  if (local === '' || new TextEncoder().encode(local).length > 64) {
    return 'has a part before the @ that is empty or longer than 64 octets';
  }
  const domain = sender.slice(at + 1).toLowerCase();
  return domain.startsWith('[') ? faultOfLiteral(domain, literals) : faultOfDomain(domain.replace(/\.$/, ''));
}

function faultOfLiteral(domain: string, literals: boolean): string | undefined {
  const address = /^\[(?:ipv6:)?([0-9a-f:.]+)\]$/.exec(domain)?.[1] ?? '';
  if (!isIp(address)) return 'has no valid address in the brackets';
  return literals ? undefined : 'has an address in brackets, not a domain';
}

/** Underscores stand in domains of bounces more often than in those of hosts, and do no harm. */
const label = /^[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}_])?$/u;

function faultOfDomain(domain: string): string | undefined {
  const labels = domain.split('.');
  if (labels.length < 2) return 'has no full domain name';
  if (domain.length > 253 || labels.some((one) => one.length > 63)) return 'has too long a domain';
  if (!labels.every((one) => label.test(one))) return 'has a domain that is not spelled as one';
  return /^\d+$/.test(labels.at(-1) ?? '') ? 'has a domain that ends in a number' : undefined;
}
