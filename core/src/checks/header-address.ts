/** Check 26: addresses in the header that no reply could be sent to (RFC 5322 §3.4). */
import { z } from 'zod';
import { addressDomain, addressFault } from '../message/address-syntax.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { defineCheck, observed } from './check.ts';

const fields = ['from', 'to'] as const;
type Field = (typeof fields)[number];

interface AddressFact {
  /** What each field holds: addresses as written, or the field itself where none could be read in it. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

const maxAddresses = 5;
const maxLength = 260;

export const headerAddress = defineCheck({
  number: 26,
  name: 'header-address',
  phase: 'data',
  standing: 'ordinary',
  title: 'Addresses in the header',
  help: 'Honest mail names an author whom one could answer. Broken addresses, and addresses without a true domain, come from carelessly written mass mailers and from machines that nobody set up.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    fields: z.array(z.enum(fields)).default(['from']).describe('Fields that are looked at'),
    localNames: z
      .boolean()
      .default(true)
      .describe(
        'Count domains too that exist nowhere but in one house: names without a dot, .local, .invalid and the like',
      ),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 2, settings: { localNames: false } },
    balanced: { mode: 'score', weight: 3 },
    strict: { mode: 'reject', settings: { fields: ['from', 'to'] } },
  },
  reasons: {
    'header-address-broken': {
      title: 'Broken address in the header',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: an address in the header cannot be read (RFC 5322)',
    },
    'header-address-local': {
      title: 'Address that exists nowhere',
      code: 550,
      enhanced: '5.1.7',
      text: 'Refused: an address in the header has a domain that does not exist on the Internet',
    },
  },
  async gather({ observed: mail }) {
    const message = await mail.message();
    const from = textsOf(message, 'from');
    const to = textsOf(message, 'to');
    if (from === undefined && to === undefined) return { status: 'nothing' };
    return observed({ ...(from && { from }), ...(to && { to }) });
  },
  judge(fact: AddressFact, settings) {
    for (const field of settings.fields) {
      for (const text of fact[field] ?? []) {
        const fault = faultOf(text, settings.localNames);
        if (fault !== undefined) {
          const name = field === 'from' ? 'From' : 'To';
          return { result: 'fail', reason: fault.reason, sentence: `“${text}” in ${name} ${fault.words}.` };
        }
      }
    }
    return { result: 'pass', sentence: 'The addresses of the header can be answered.' };
  },
});

/** Undefined for a field that is not there; empty where it names nobody on purpose, as `undisclosed-recipients:;` does. */
function textsOf(message: InspectedMessage, field: Field): readonly string[] | undefined {
  const written = message.headers.find(({ name }) => name.trim().toLowerCase() === field)?.value;
  if (written === undefined) return undefined;
  const read = message[field].filter(({ address, name }) => address !== '' || name !== '');
  if (field === 'to' && read.every(({ address }) => address === '')) return [];
  const texts = read.length === 0 ? [written] : read.map(({ address, name }) => address || name);
  return texts.slice(0, maxAddresses).map((text) => text.slice(0, maxLength));
}

interface Fault {
  readonly reason: 'header-address-broken' | 'header-address-local';
  readonly words: string;
}

function faultOf(text: string, localNames: boolean): Fault | undefined {
  const fault = addressFault(text);
  if (fault !== undefined) return { reason: 'header-address-broken', words: faultWords[fault] };
  const domain = addressDomain(text);
  return localNames && isLocalName(domain)
    ? {
        reason: 'header-address-local',
        words: `has the domain ${domain}, which exists nowhere on the Internet`,
      }
    : undefined;
}

const faultWords = {
  syntax: 'is no address',
  'local-part': 'is no address: what stands before the @ is not allowed there',
  domain: 'is no address: what stands behind the @ is no domain',
  'too-long': 'is longer than an address may be',
};

/** RFC 6761, RFC 6762, RFC 8375, and the one that ICANN keeps for private use. */
const localTops = new Set([
  'local',
  'localdomain',
  'localhost',
  'invalid',
  'internal',
  'lan',
  'home',
  'corp',
  'intranet',
]);

const isLocalName = (domain: string): boolean =>
  !domain.startsWith('[') &&
  (!domain.includes('.') || localTops.has(domain.slice(domain.lastIndexOf('.') + 1)));
