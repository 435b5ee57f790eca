/** Check 33: names in the From header that imitate staff or a brand, by themselves or by letters that look like others (UTS 39). */
import { getDomainWithoutSuffix } from 'tldts';
import { z } from 'zod';
import { mixedWord, skeleton } from '../message/confusables.ts';
import { unicodeDomain } from '../message/punycode.ts';
import { domainOf, isAligned } from './alignment.ts';
import { brandNamed } from './brands.ts';
import { defineCheck, observed } from './check.ts';
import { addressPattern, domainPattern } from './patterns.ts';
import { patternOf } from './lists.ts';
import { matchesAddress } from '../policy/pattern.ts';

interface DisplayFact {
  /** Display name of the first author; '' if none. */
  readonly name: string;
  /** Address of the first author. */
  readonly address: string;
}

const protectedName = z.object({
  name: z.string().trim().min(3).max(100).describe('A name as mail programs show it, such as Jane Doe'),
  senders: z
    .array(z.union([addressPattern, domainPattern]))
    .max(50)
    .default([])
    .describe('Addresses and domains that may use it, beside those of your own domain'),
});

export const displaySpoof = defineCheck({
  number: 33,
  name: 'display-spoof',
  phase: 'data',
  standing: 'ordinary',
  title: 'Borrowed names',
  help: 'Mail programs show the name, not the address. Finds names of your own people, of brands and of your own addresses in front of a stranger’s address, also when written with letters of another alphabet.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    names: z
      .array(protectedName)
      .max(500)
      .default([])
      .describe('Names of your own people that nobody else may use'),
    brands: z.boolean().default(true).describe('Names of banks, shops and services that are often imitated'),
    addresses: z
      .enum(['off', 'own', 'any'])
      .default('own')
      .describe('Names that hold another address than the true one: own: one of your own domain; any: any'),
    mixedScripts: z.boolean().default(true).describe('Words that mix letters of two alphabets'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 3 },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject', settings: { addresses: 'own' } },
  },
  reasons: {
    'name-protected': {
      title: 'Uses the name of one of your people',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the sender uses the name of somebody else',
    },
    'name-brand': {
      title: 'Uses the name of a brand',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the sender uses the name of a company to which the address does not belong',
    },
    'name-address': {
      title: 'Shows another address than its own',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name of the sender shows an address that is not its own',
    },
    'name-homograph': {
      title: 'Name of mixed alphabets',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name of the sender mixes letters of different alphabets',
    },
  },
  async gather({ observed: mail }) {
    const [author] = (await mail.message()).from;
    if (author === undefined || (author.name === '' && author.address === '')) return { status: 'nothing' };
    return observed({ name: author.name.slice(0, 200), address: author.address.slice(0, 260) });
  },
  judge(fact: DisplayFact, settings, { recipient }) {
    const own = domainOf(recipient);
    const shown = `“${fact.name}” <${fact.address}>`;
    for (const rule of rules) {
      const fault = rule(fact, settings, own);
      if (fault !== undefined) {
        return { result: 'fail', reason: fault.reason, sentence: `${shown} ${fault.words}.` };
      }
    }
    return { result: 'pass', sentence: 'The name of the sender borrows nothing that is known.' };
  },
});

type ProtectedName = z.output<typeof protectedName>;

interface Settings {
  readonly names: readonly ProtectedName[];
  readonly brands: boolean;
  readonly addresses: 'off' | 'own' | 'any';
  readonly mixedScripts: boolean;
}

interface Fault {
  readonly reason: 'name-protected' | 'name-brand' | 'name-address' | 'name-homograph';
  readonly words: string;
}

/** Each answers with a fault or not; the first one is the finding. */
const rules: readonly ((fact: DisplayFact, settings: Settings, own: string) => Fault | undefined)[] = [
  (fact, { names }, own) => {
    const used = protectedUse(fact, names, own);
    if (used === undefined) return undefined;
    return { reason: 'name-protected', words: `uses the name ${used}, which is protected` };
  },
  ({ name, address }, { brands }) => {
    const domain = domainOf(address);
    const brand = brands ? brandImitated(name, domain) : undefined;
    const words = `uses the name of ${brand}, to which ${domain || 'no domain'} does not belong`;
    return brand === undefined ? undefined : { reason: 'name-brand', words };
  },
  (fact, { addresses }, own) => {
    const other = addresses === 'off' ? undefined : foreignAddress(fact);
    if (other === undefined) return undefined;
    return addresses === 'any' || isAligned(domainOf(other), own, 'relaxed')
      ? { reason: 'name-address', words: `shows ${other}, which is not its address` }
      : undefined;
  },
  ({ name }, { mixedScripts }) => {
    const mixed = mixedScripts ? mixedWord(name) : undefined;
    if (mixed === undefined) return undefined;
    const words = `mixes ${mixed.scripts.join(' and ')} letters in “${mixed.word}”`;
    return { reason: 'name-homograph', words };
  },
];

/** The protected name that a stranger uses; middle words do not matter, nor does the order. */
function protectedUse(
  { name, address }: DisplayFact,
  names: readonly ProtectedName[],
  own: string,
): string | undefined {
  if (name === '' || names.length === 0 || domainOf(address) === own) return undefined;
  const words = new Set(skeleton(name.replace(/[,;"']/g, ' ')).split(' '));
  const used = names.find((one) =>
    skeleton(one.name)
      .split(' ')
      .every((word) => words.has(word)),
  );
  const isAllowed = used?.senders.some((text) => {
    const pattern = patternOf(text);
    return pattern !== undefined && matchesAddress(pattern, address);
  });
  return isAllowed === true ? undefined : used?.name;
}

/** A brand whose name stands first, or which a look-alike domain spells, at an address that is not the brand's. */
function brandImitated(name: string, domain: string): string | undefined {
  const registrable = getDomainWithoutSuffix(domain, { allowPrivateDomains: true }) ?? domain;
  const byName = brandNamed(skeleton(name));
  if (byName !== undefined && !byName.labels.includes(registrable)) return byName.name;
  const letters = unicodeDomain(registrable);
  const byDomain = letters === registrable ? undefined : brandNamed(skeleton(letters));
  return byDomain?.name;
}

/** An address within the name that is of another organisation than the true one. */
function foreignAddress({ name, address }: DisplayFact): string | undefined {
  const found = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/.exec(name)?.[0];
  return found === undefined || isAligned(domainOf(found), domainOf(address), 'relaxed') ? undefined : found;
}
