/** Check 30: the signatures of the mail, and whether those are there that should be (RFC 6376, RFC 8301, RFC 8463). */
import { z } from 'zod';
import type { DkimSignature } from '../ports/mail-authenticator.ts';
import { isAligned } from './alignment.ts';
import { authorDomain } from './author-domain.ts';
import { defineCheck, observed } from './check.ts';
import { domainPattern, namesDomain } from './patterns.ts';

/** The judge reads `signatures` too, for list entries that demand a proven sender. */
interface DkimFact {
  readonly signatures: readonly DkimSignature[];
  /** Domain of the From header; '' if it does not name exactly one. */
  readonly author: string;
}

export const dkim = defineCheck({
  number: 30,
  name: 'dkim',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'DKIM signatures',
  help: 'Verifies the signatures of the mail. A valid one proves which domain sent it and that nothing was altered. Name domains that always sign, and their unsigned mail has failed.',
  modes: ['off', 'observe', 'score', 'reject', 'defer'],
  settings: z.object({
    minKeyBits: z
      .number()
      .int()
      .min(1024)
      .max(4096)
      .default(1024)
      .describe('Shortest RSA key that counts, in bits (RFC 8301 §3.2: at least 1024)'),
    mustSign: z
      .array(domainPattern)
      .max(5000)
      .default([])
      .describe('Domains in the From header whose mail must carry their own valid signature'),
    actOnBroken: z
      .boolean()
      .default(false)
      .describe(
        'Count a mail with only broken signatures as failed too (mailing lists break them: RFC 6376 §6.3 advises against)',
      ),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    // RFC 7372 §3.1
    'dkim-missing': {
      title: 'DKIM signature missing',
      code: 550,
      enhanced: '5.7.22',
      text: 'Refused: mail from this domain must carry its own valid DKIM signature',
    },
    'dkim-broken': {
      title: 'DKIM signature broken',
      code: 550,
      enhanced: '5.7.20',
      text: 'Refused: no DKIM signature of the message could be verified',
    },
  },
  async gather({ observed: mail }) {
    const signatures = await mail.dkim();
    const isUnknown = signatures.every(({ result }) => result === 'temperror');
    if (signatures.length > 0 && isUnknown) {
      return { status: 'error', message: `the key could not be asked for (${describeAll(signatures)})` };
    }
    return observed({ signatures, author: authorDomain(await mail.message()) ?? '' });
  },
  judge(fact: DkimFact, settings) {
    const valid = fact.signatures.filter((one) => isValid(one, settings.minKeyBits));
    const seen = describeAll(fact.signatures);
    const mustSign = settings.mustSign.find((text) => namesDomain(text, fact.author));
    if (mustSign !== undefined && !valid.some((one) => isAligned(one.domain, fact.author, 'relaxed'))) {
      return {
        result: 'fail',
        reason: 'dkim-missing',
        sentence: `Mail from ${fact.author} must be signed by it (${mustSign}), but ${seen}.`,
      };
    }
    if (valid.length > 0) {
      const domains = [...new Set(valid.map((one) => one.domain))].join(' and ');
      return { result: 'pass', sentence: `Signed by ${domains}: ${seen}.` };
    }
    if (fact.signatures.length === 0) return { result: 'none', sentence: 'The mail is not signed.' };
    const sentence = `No signature is valid: ${seen}.`;
    return settings.actOnBroken
      ? { result: 'fail', reason: 'dkim-broken', sentence }
      : { result: 'none', sentence };
  },
});

/** Key lengths are compared for RSA only: an Ed25519 key has 256 bits and is strong (RFC 8463). */
const isValid = (signature: DkimSignature, minKeyBits: number): boolean =>
  signature.result === 'pass' &&
  (!signature.algorithm.startsWith('rsa') || (signature.keyBits ?? minKeyBits) >= minKeyBits);

const describeAll = (signatures: readonly DkimSignature[]): string =>
  signatures.length === 0 ? 'it is not signed' : signatures.map(describe).join(', ');

function describe(one: DkimSignature): string {
  const bits = one.keyBits === undefined ? '' : ` with ${one.keyBits} bits`;
  const why = one.comment === undefined || one.comment === '' ? '' : ` (${one.comment})`;
  return `${one.algorithm || 'unknown algorithm'}${bits} by ${one.domain}, selector ${one.selector}: ${one.result}${why}`;
}
