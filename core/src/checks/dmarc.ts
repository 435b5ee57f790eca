/** Check 31: whether the domain in the From header is proven, and what its owner asks for if not (RFC 9989). */
import { z } from 'zod';
import { type Aligned, alignAll, type Identifier } from '../dmarc/align.ts';
import { discoverPolicy, type DmarcRecord } from '../dmarc/discover.ts';
import { policies } from '../dmarc/record.ts';
import { type AskedQuestion, createDmarcTree } from '../dmarc/walk.ts';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import { authorDomain } from './author-domain.ts';
import { defineCheck, observed, type GatherInput } from './check.ts';
import { domainPattern, namesDomain } from './patterns.ts';

/** One domain for which SPF or DKIM passed, and whether it speaks for the author domain (RFC 9989 §4.4). */
interface Proof {
  readonly by: 'spf' | 'dkim';
  readonly domain: string;
  /** Missing where it was not looked for, as another proof sufficed. */
  readonly aligned?: boolean;
  /** Its organisational domain, where that was looked for. */
  readonly organization?: string;
}

interface DmarcFact {
  readonly record: DmarcRecord;
  readonly proofs: readonly Proof[];
  /** Every question of policy discovery and of the tree walks, with its answer. */
  readonly asked?: readonly AskedQuestion[];
}

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
    const author = authorDomain(await input.observed.message());
    if (author === undefined) return { status: 'nothing' };
    const tree = createDmarcTree(input.resolver, input.deadlineMs);
    const record = await discoverPolicy(author, tree);
    if (record.status === 'temperror') {
      return { status: 'error', message: `DNS did not answer for the DMARC record of ${author}` };
    }
    const [spf, signatures] = await Promise.all([spfOf(input), input.observed.dkim()]);
    const { identifiers, ...organization } = await alignAll(record, identifiersOf(spf, signatures), tree);
    const counts = record.status === 'found' || overrideFor(overrides, author) !== undefined;
    const isProven = identifiers.some((one) => one.passed && one.alignment === 'aligned');
    if (counts && !isProven && identifiers.some(mightProve)) {
      return {
        status: 'error',
        message: `DNS did not answer for SPF, DKIM or the organisation of ${author}`,
      };
    }
    const proofs = identifiers.filter(({ passed }) => passed).map(toProof);
    return observed({ record: { ...record, ...organization }, proofs, asked: tree.asked() });
  },
  judge({ record, proofs }: DmarcFact, { honour, overrides }) {
    const author = record.fromDomain;
    const proven = proofs.find(({ aligned }) => aligned === true);
    if (proven !== undefined) return { result: 'pass', sentence: describeProof(proven, author) };
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

/** SPF first: walks are counted. Each domain once; one that passed in one signature needs no other. */
function identifiersOf(
  spf: SpfObservation | undefined,
  signatures: readonly DkimSignature[],
): readonly Identifier[] {
  const domainsOf = (result: string) =>
    new Set(signatures.filter((one) => one.result === result).map((one) => one.domain));
  const passed = domainsOf('pass');
  const unanswered = domainsOf('temperror').difference(passed);
  const bySpf =
    spf?.result === 'pass' || spf?.result === 'temperror'
      ? [{ by: 'spf' as const, domain: spf.domain, passed: spf.result === 'pass' }]
      : [];
  return [
    ...bySpf,
    ...[...passed].map((domain) => ({ by: 'dkim' as const, domain, passed: true })),
    ...[...unanswered].map((domain) => ({ by: 'dkim' as const, domain, passed: false })),
  ];
}

/** What could not be asked might have been the proof. */
const mightProve = ({ passed, alignment }: Aligned): boolean =>
  alignment === 'unknown' || (!passed && alignment === 'aligned');

const toProof = ({ by, domain, alignment, organization }: Aligned): Proof => ({
  by,
  domain,
  ...(alignment === 'unasked' ? {} : { aligned: alignment === 'aligned' }),
  ...(organization === undefined ? {} : { organization }),
});

const noPolicy: Readonly<Record<DmarcRecord['status'], (author: string) => string>> = {
  found: (author) => `${author} publishes a DMARC record without a policy.`,
  none: (author) => `${author} publishes no DMARC record.`,
  temperror: (author) => `DNS did not answer for the DMARC record of ${author}.`,
  permerror: (author) => `The DMARC record of ${author} cannot be understood.`,
};

function describeProof({ by, domain, organization }: Proof, author: string): string {
  const both = organization === undefined || domain === author ? '' : `; both belong to ${organization}`;
  return `${author} is proven by ${by.toUpperCase()} (${domain}${both}).`;
}

function describeProofs(proofs: readonly Proof[], record: DmarcRecord): string {
  if (proofs.length === 0) return 'neither SPF nor DKIM passed';
  return proofs
    .map(({ by, domain, organization }) => {
      const passed = `${by.toUpperCase()} passed for ${domain}, which`;
      const mode = by === 'spf' ? record.spfAlignment : record.dkimAlignment;
      if (mode === 'strict') return `${passed} is not the same domain`;
      const ours = record.organizationalDomain;
      return organization === undefined || ours === undefined
        ? `${passed} is not of the same organisation`
        : `${passed} belongs to ${organization} and not to ${ours}`;
    })
    .join(', ');
}
