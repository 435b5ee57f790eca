/** Check 18: an outsider who uses the domain's own name as the sender, without any proof. */
import { z } from 'zod';
import { matchesAddress, matchesIp } from '../policy/pattern.ts';
import { domainOf, isAuthenticated } from './alignment.ts';
import { defineCheck, observed } from './check.ts';
import { patternOf } from './lists.ts';
import { addressPattern, networkPattern } from './patterns.ts';

interface SpoofFact {
  /** Addresses of the From header that use the domain's name, or a name below it. */
  readonly from: readonly string[];
  /** Of the domains that are used, those that SPF or DKIM proves. */
  readonly proven: readonly string[];
}

const maxAddresses = 5;

export const selfSpoof = defineCheck({
  number: 18,
  name: 'self-spoof',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'Own name used from outside',
  help: 'Finds mail from outside that bears the name of your own domain as its sender, in the envelope or in the From header, without SPF or DKIM to prove it. Name the services that send for you, unless they sign. Mailing lists that change what your people wrote fail too.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    senders: z
      .array(addressPattern)
      .max(1000)
      .default([])
      .describe('Addresses of yours that others may use from outside'),
    servers: z
      .array(networkPattern)
      .max(1000)
      .default([])
      .describe('Addresses and networks of servers that may use any address of yours'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 3 },
    strict: { mode: 'reject' },
  },
  reasons: {
    'self-spoofed': {
      title: 'Own name used by an outsider',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the sender is an address of the recipient domain, and nothing proves that it comes from there',
    },
  },
  async gather({ envelope, observed: mail, clientIsPrivate }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const domain = domainOf(envelope.recipients[0] ?? '');
    const message = await mail.message();
    const isOwn = (address: string) => usesDomain(address, domain);
    const from = message.from.map(({ address }) => address.toLowerCase()).filter(isOwn);
    const used = [...from, ...[envelope.sender].filter(isOwn)];
    if (used.length === 0) return { status: 'nothing' };
    const [spf, dkim] = await Promise.all([mail.spf(), mail.dkim()]);
    const unsure = spf.result === 'temperror' || dkim.some(({ result }) => result === 'temperror');
    const domains = [...new Set(used.map(domainOf))];
    const proven = domains.filter((one) => isAuthenticated(one, { spf, dkim }));
    return unsure && proven.length < domains.length
      ? { status: 'error', message: 'DNS did not answer for SPF or DKIM of the sender' }
      : observed({ from: from.slice(0, maxAddresses), proven });
  },
  judge(fact: SpoofFact, { senders, servers }, { envelope, recipient }) {
    const own = [envelope.sender.toLowerCase(), ...fact.from].filter((address) =>
      usesDomain(address, domainOf(recipient)),
    );
    const unproven = own.find((address) => !fact.proven.includes(domainOf(address)));
    if (unproven === undefined) {
      const [first] = own;
      return first === undefined
        ? { result: 'none', sentence: 'The sender does not use the name of the domain.' }
        : { result: 'pass', sentence: `${first} is an address of the domain, and SPF or DKIM proves it.` };
    }
    const server = servers.find((text) => matches(text, (one) => matchesIp(one, envelope.ip)));
    const sender = senders.find((text) => matches(text, (one) => matchesAddress(one, unproven)));
    const entry = server ?? sender;
    if (entry !== undefined) {
      return { result: 'pass', sentence: `${envelope.ip} may send as ${unproven} (${entry}).` };
    }
    return {
      result: 'fail',
      reason: 'self-spoofed',
      sentence: `${envelope.ip} sends as ${unproven}, an address of the domain itself, and neither SPF nor DKIM proves it.`,
    };
  },
});

const matches = (
  text: string,
  test: (pattern: NonNullable<ReturnType<typeof patternOf>>) => boolean,
): boolean => {
  const pattern = patternOf(text);
  return pattern !== undefined && test(pattern);
};

const usesDomain = (address: string, domain: string): boolean => {
  const used = address.includes('@') ? domainOf(address) : '';
  return domain !== '' && (used === domain || used.endsWith(`.${domain}`));
};
