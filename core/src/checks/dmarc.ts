/** Check 31: whether the domain in the From header is proven, and what its owner asks for if not (RFC 9989). */
import { z } from 'zod';
import type { DkimSignature, DmarcRecord, SpfObservation } from '../ports/mail-authenticator.ts';
import { isAligned } from './alignment.ts';
import { defineCheck, observed, type GatherInput } from './check.ts';
import { domainPattern, namesDomain } from './patterns.ts';

/** One domain for which SPF or DKIM passed, and whether it speaks for the author domain (RFC 9989 §4.4). */
interface Proof {
  readonly by: 'spf' | 'dkim';
  readonly domain: string;
  readonly aligned: boolean;
}

interface DmarcFact {
  readonly record: DmarcRecord;
  readonly proofs: readonly Proof[];
}

const policies = ['none', 'quarantine', 'reject'] as const;

export const dmarc = defineCheck({
  number: 31,
  name: 'dmarc',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'DMARC',
  help: 'The address that people see is in the From header. DMARC says whether SPF or DKIM proves its domain, and what the owner of the domain asks for if they do not.',
  modes: ['off', 'observe', 'score', 'reject', 'defer'],
  settings: z.object({
    honour: z
      .array(z.enum(policies))
      .default(['reject'])
      .describe('Published policies under which unproven mail counts as failed'),
    overrides: z
      .array(z.object({ domain: domainPattern, policy: z.enum(policies) }))
      .max(5000)
      .default([])
      .describe('Domains in the From header that are treated as if they published this policy'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 7, settings: { honour: ['reject', 'quarantine'] } },
    balanced: { mode: 'reject', settings: { honour: ['reject'] } },
    strict: { mode: 'reject', settings: { honour: ['reject', 'quarantine'] } },
  },
  reasons: {
    'dmarc-fail': {
      title: 'DMARC fails',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the domain in the From header asks that mail be refused which neither SPF nor DKIM proves (DMARC)',
    },
  },
  async gather(input, { overrides }) {
    const record = await input.observed.dmarc();
    if (record === undefined) return { status: 'nothing' };
    if (record.status === 'temperror') {
      return { status: 'error', message: `DNS did not answer for the DMARC record of ${record.fromDomain}` };
    }
    const [spf, signatures] = await Promise.all([spfOf(input), input.observed.dkim()]);
    const proofs = proofsFor(record, spf, signatures);
    const counts = record.status === 'found' || overrideFor(overrides, record.fromDomain) !== undefined;
    return counts && !proofs.some((proof) => proof.aligned) && mayBeProven(record, spf, signatures)
      ? { status: 'error', message: `DNS did not answer for SPF or DKIM of ${record.fromDomain}` }
      : observed({ record, proofs });
  },
  judge({ record, proofs }: DmarcFact, { honour, overrides }) {
    const author = record.fromDomain;
    const proven = proofs.find((proof) => proof.aligned);
    if (proven !== undefined) {
      const sentence = `${author} is proven by ${proven.by.toUpperCase()} (${proven.domain}).`;
      return { result: 'pass', sentence };
    }
    const override = overrideFor(overrides, author);
    const policy = override?.policy ?? (record.status === 'found' ? record.policy : undefined);
    if (policy === undefined) return { result: 'none', sentence: noPolicy[record.status](author) };
    const asks =
      override === undefined
        ? `${record.recordDomain} asks for “${policy}”`
        : `this domain's settings ask for “${policy}” (${override.domain})`;
    const sentence = `${author} is not proven: ${describeProofs(proofs, record)}; ${asks}`;
    return honour.includes(policy)
      ? { result: 'fail', reason: 'dmarc-fail', sentence: `${sentence}.` }
      : { result: 'none', sentence: `${sentence}, which is not acted on here.` };
  },
});

interface Override {
  readonly domain: string;
  readonly policy: (typeof policies)[number];
}

const overrideFor = (overrides: readonly Override[], author: string): Override | undefined =>
  overrides.find((entry) => namesDomain(entry.domain, author));

/** SPF says nothing of a private client; then only a signature can prove the author. */
const spfOf = (input: GatherInput): Promise<SpfObservation | undefined> =>
  input.clientIsPrivate ? Promise.resolve(undefined) : input.observed.spf();

function proofsFor(
  record: DmarcRecord,
  spf: SpfObservation | undefined,
  signatures: readonly DkimSignature[],
): readonly Proof[] {
  const author = record.fromDomain;
  const bySpf =
    spf?.result === 'pass'
      ? [
          {
            by: 'spf' as const,
            domain: spf.domain,
            aligned: isAligned(spf.domain, author, record.spfAlignment),
          },
        ]
      : [];
  const passed = new Set(signatures.filter(({ result }) => result === 'pass').map((one) => one.domain));
  const byDkim = [...passed].map((signer) => ({
    by: 'dkim' as const,
    domain: signer,
    aligned: isAligned(signer, author, record.dkimAlignment),
  }));
  return [...bySpf, ...byDkim];
}

/** What could not be asked might have been the proof. */
const mayBeProven = (
  { fromDomain, spfAlignment, dkimAlignment }: DmarcRecord,
  spf: SpfObservation | undefined,
  signatures: readonly DkimSignature[],
): boolean =>
  (spf?.result === 'temperror' && isAligned(spf.domain, fromDomain, spfAlignment)) ||
  signatures.some((one) => one.result === 'temperror' && isAligned(one.domain, fromDomain, dkimAlignment));

const noPolicy: Readonly<Record<DmarcRecord['status'], (author: string) => string>> = {
  found: (author) => `${author} publishes a DMARC record without a policy.`,
  none: (author) => `${author} publishes no DMARC record.`,
  temperror: (author) => `DNS did not answer for the DMARC record of ${author}.`,
  permerror: (author) => `The DMARC record of ${author} cannot be understood.`,
};

function describeProofs(proofs: readonly Proof[], record: DmarcRecord): string {
  if (proofs.length === 0) return 'neither SPF nor DKIM passed';
  return proofs
    .map(({ by, domain: name }) => {
      const mode = by === 'spf' ? record.spfAlignment : record.dkimAlignment;
      return `${by.toUpperCase()} passed for ${name}, which is not ${mode === 'strict' ? 'the same domain' : 'of the same organisation'}`;
    })
    .join(', ');
}
