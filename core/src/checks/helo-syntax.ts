/** Check 10: whether the name in HELO or EHLO can be the name of a mail server (RFC 5321 §4.1.1.1, §2.3.5). */
import { isIp } from '../policy/ip-address.ts';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { defineCheck, envelopeAlone } from './check.ts';

/** From which level on a fault counts: each level has the faults of those before it. */
const levels = ['lenient', 'rfc', 'strict'] as const;
type Level = (typeof levels)[number];

interface Fault {
  readonly from: Level;
  readonly words: string;
}

export const heloSyntax = defineCheck({
  number: 10,
  name: 'helo-syntax',
  phase: 'helo',
  standing: 'ordinary',
  byEnvelope: true,
  title: 'Greeting name (HELO)',
  help: 'Looks at the name with which the sending server introduces itself. Mail servers have a full host name; hijacked home computers often give a bare address or a made-up word.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    level: z
      .enum(levels)
      .default('rfc')
      .describe(
        'lenient: only what is no name at all, or a bare IP address; rfc: what RFC 5321 demands; strict: also names for private networks and addresses in brackets',
      ),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 1, settings: { level: 'lenient' } },
    balanced: { mode: 'score', weight: 1, settings: { level: 'rfc' } },
    strict: { mode: 'score', weight: 2, settings: { level: 'strict' } },
  },
  reasons: {
    'helo-invalid': {
      title: 'Greeting name (HELO) not valid',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name given in HELO cannot be the name of a mail server',
    },
  },
  gather: envelopeAlone,
  judge(_fact: object, { level }, { envelope: { helo } }) {
    const quoted = `“${helo.slice(0, 255)}”`;
    const fault = faultOf(helo);
    if (fault === undefined) return { result: 'pass', sentence: `HELO ${quoted} is a full host name.` };
    const sentence = helo === '' ? 'HELO gave no name.' : `HELO ${quoted} ${fault.words}.`;
    return levels.indexOf(fault.from) <= levels.indexOf(level)
      ? { result: 'fail', reason: 'helo-invalid', sentence }
      : { result: 'pass', sentence: `${sentence} The level ${level} lets that through.` };
  },
});

function faultOf(helo: string): Fault | undefined {
  if (helo.startsWith('[')) return faultOfLiteral(helo);
  if (isBareAddress(helo)) return { from: 'lenient', words: 'is a bare IP address, not a host name' };
  return faultOfName(helo.toLowerCase());
}

/** Only addresses written out: `1.2.3.4` or anything with colons; a lone number is an unqualified name. */
const isBareAddress = (helo: string): boolean =>
  // The library throws and catches for what is no address, which costs more than all the rest: nearly all are names.
  (/^[\d.]+$/.test(helo) && ipaddr.IPv4.isValidFourPartDecimal(helo)) || (helo.includes(':') && isIp(helo));

/** RFC 5321 §4.1.3: `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
function faultOfLiteral(helo: string): Fault {
  const inside = /^\[(?:(IPv6:)([0-9a-f:.]+)|([0-9.]+))\]$/i.exec(helo);
  const isValid =
    inside?.[1] === undefined
      ? ipaddr.IPv4.isValidFourPartDecimal(inside?.[3] ?? '')
      : ipaddr.IPv6.isValid(inside[2] ?? '');
  return isValid
    ? { from: 'strict', words: 'is an address in brackets, not a host name' }
    : { from: 'rfc', words: 'is not a valid address in brackets' };
}

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const privateNames = new Set([
  'local',
  'lan',
  'internal',
  'localdomain',
  'localhost',
  'home',
  'corp',
  'invalid',
]);

const nameRules: readonly (Fault & {
  readonly breaks: (name: string, labels: readonly string[]) => boolean;
})[] = [
  {
    from: 'lenient',
    words: 'holds characters that no host name has',
    // Underscores are common and meant to be a name; white space, control characters and punctuation are not.
    breaks: (name) => !/^[\p{L}\p{N}._-]+$/u.test(name),
  },
  {
    from: 'rfc',
    words: 'is too long for a host name',
    breaks: (name, labels) => name.length > 253 || labels.some((one) => one.length > 63),
  },
  {
    from: 'rfc',
    words: 'holds an underscore, which host names do not have',
    breaks: (name) => name.includes('_'),
  },
  { from: 'rfc', words: 'is not a full host name', breaks: (_name, labels) => labels.length < 2 },
  {
    from: 'rfc',
    words: 'is not spelled as a host name',
    breaks: (_name, labels) => labels.some((one) => !label.test(one)),
  },
  {
    from: 'rfc',
    words: 'ends in a number, which no domain does',
    breaks: (_name, labels) => /^\d+$/.test(labels.at(-1) ?? ''),
  },
  {
    from: 'strict',
    words: 'is a name for private networks',
    breaks: (name, labels) => privateNames.has(labels.at(-1) ?? '') || name.endsWith('.home.arpa'),
  },
];

const faultOfName = (helo: string): Fault | undefined => {
  const name = helo.replace(/\.$/, '');
  const labels = name.split('.');
  return nameRules.find((rule) => rule.breaks(name, labels));
};
