/** Check 32: seals of forwarders that are trusted to say what they saw before they changed or passed on a mail (RFC 8617). */
import { z } from 'zod';
import type { ArcObservation, ArcSet } from '../ports/mail-authenticator.ts';
import { isAligned } from './alignment.ts';
import { authorDomain } from './author-domain.ts';
import { defineCheck, observed } from './check.ts';
import { domainPattern, namesDomain } from './patterns.ts';

interface ArcFact extends ArcObservation {
  /** Domain of the From header; '' if it does not name exactly one. */
  readonly author: string;
}

/** Checks that forwarding breaks. */
const envelopeChecks = ['spf'];
const authorChecks = ['dmarc', 'self-spoof'];

export const arc = defineCheck({
  number: 32,
  name: 'arc',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'ARC seals',
  help: 'Mailing lists and forwarders break SPF and signatures. Those that seal what they saw before (ARC) can be trusted to tell: where one of the sealers named here saw the sender proven, SPF, DMARC and self-spoof are not held against the mail.',
  modes: ['off', 'observe', 'score'],
  settings: z.object({
    trusted: z
      .array(domainPattern)
      .max(1000)
      .default([])
      .describe('Domains of sealers whose word counts, such as google.com'),
  }),
  presets: {
    relaxed: { mode: 'score', settings: { trusted: knownForwarders() } },
    balanced: { mode: 'score', settings: { trusted: knownForwarders() } },
    strict: { mode: 'score' },
  },
  reasons: {},
  async gather({ observed: mail }) {
    if (!mail.header().fields.has('arc-seal')) return { status: 'nothing' };
    const found = await mail.arc();
    if (found.result === 'temperror') {
      return { status: 'error', message: 'DNS did not answer for the key of a seal' };
    }
    return observed({ ...found, author: authorDomain(await mail.message()) ?? '' });
  },
  judge(fact: ArcFact, { trusted }) {
    if (fact.result !== 'pass') {
      const why = fact.comment === undefined ? '' : ` (${fact.comment})`;
      return { result: 'none', sentence: `The chain of seals is not valid${why}.` };
    }
    const word = trustedSets(fact.sets, trusted);
    if (word.length === 0) {
      const last = fact.sets.at(-1)?.sealer ?? 'nobody';
      return { result: 'none', sentence: `Sealed by ${last}, which is not trusted here.` };
    }
    const sealers = [...new Set(word.map(({ sealer }) => sealer))].join(' and ');
    const proof = word.find((set) => sawAuthor(set, fact.author));
    if (proof !== undefined) {
      return {
        result: 'pass',
        sentence: `${proof.sealer}, which is trusted, saw ${fact.author} proven before it passed the mail on.`,
        rescues: [...envelopeChecks, ...authorChecks],
      };
    }
    const envelope = word.find(({ spf }) => spf !== undefined);
    return envelope === undefined
      ? { result: 'none', sentence: `${sealers}, which is trusted, did not see the sender proven either.` }
      : {
          result: 'pass',
          sentence: `${envelope.sealer}, which is trusted, saw SPF pass before it passed the mail on.`,
          rescues: envelopeChecks,
        };
  },
});

/** Services that forward for their users, and say truly what they saw. */
function knownForwarders(): string[] {
  return ['google.com', 'microsoft.com', 'messagingengine.com'];
}

/** From the newest set back as far as all are trusted: what lies behind a stranger may be of the stranger's making. */
function trustedSets(sets: readonly ArcSet[], trusted: readonly string[]): readonly ArcSet[] {
  const isTrusted = ({ sealer }: ArcSet): boolean => trusted.some((text) => namesDomain(text, sealer));
  const stranger = sets.findLastIndex((set) => !isTrusted(set));
  return sets.slice(stranger + 1);
}

const sawAuthor = (set: ArcSet, author: string): boolean =>
  author !== '' &&
  (set.dmarc ||
    (set.spf !== undefined && isAligned(set.spf, author, 'relaxed')) ||
    set.dkim.some((domain) => isAligned(domain, author, 'relaxed')));
