/** DMARC policy discovery (RFC 9989 §4.10.1): what the owner of an author domain asks for. */
import type { AlignmentMode, DmarcPolicy, PublishedRecord } from './record.ts';
import { type DmarcTree, organizationOf, walkable } from './walk.ts';

export interface DmarcRecord {
  /** Domain of the From header. */
  readonly fromDomain: string;
  /** Domain at which the record was found; '' if none. */
  readonly recordDomain: string;
  /** Policy that applies to `fromDomain` (p, sp or np as it stands). */
  readonly policy: DmarcPolicy | undefined;
  /** The organisational domain of `fromDomain`; missing where nobody had to know. */
  readonly organizationalDomain?: string;
  readonly dkimAlignment: AlignmentMode;
  readonly spfAlignment: AlignmentMode;
  readonly status: 'found' | 'none' | 'temperror' | 'permerror';
}

/** The record of the domain itself; without one that of its organisation, then that of the public suffix above it. */
export async function discoverPolicy(fromDomain: string, tree: DmarcTree): Promise<DmarcRecord> {
  const domain = walkable(fromDomain);
  if (domain === undefined) return nothingAt(fromDomain, 'none');
  const own = await tree.recordOf(domain);
  if (own === 'unknown') return nothingAt(fromDomain, 'temperror');
  if (own === 'none') return { ...nothingAt(fromDomain, 'none'), ...(await inherited(domain, tree)) };
  const policy = own.asks?.p;
  return {
    ...nothingAt(fromDomain, 'none'),
    ...(own.psd === undefined ? {} : { organizationalDomain: domain }),
    ...(policy === undefined ? unusable(domain) : found(domain, own, policy)),
  };
}

/** What applies to a domain without a record of its own. */
async function inherited(domain: string, tree: DmarcTree): Promise<Partial<DmarcRecord>> {
  const { found: records, isBroken } = await tree.walk(domain);
  if (isBroken) return { status: 'temperror' };
  const organizationalDomain = organizationOf(domain, records);
  // A walk stops at the record of a public suffix, so that this can only be the last.
  const suffix = records.at(-1)?.record.psd === 'y' ? records.at(-1) : undefined;
  const source = records.find((one) => one.domain === organizationalDomain) ?? suffix;
  if (source === undefined) return { organizationalDomain };
  const { asks } = source.record;
  if (asks === undefined) return { organizationalDomain, ...unusable(source.domain) };
  const policy = await policyBelow(domain, asks, tree);
  return policy === 'unknown'
    ? { status: 'temperror' }
    : { organizationalDomain, ...found(source.domain, source.record, policy) };
}

const nothingAt = (fromDomain: string, status: 'none' | 'temperror'): DmarcRecord => ({
  fromDomain,
  recordDomain: '',
  policy: undefined,
  dkimAlignment: 'relaxed',
  spfAlignment: 'relaxed',
  status,
});

const unusable = (recordDomain: string) => ({ recordDomain, status: 'permerror' as const });

const found = (recordDomain: string, record: PublishedRecord, policy: DmarcPolicy) => ({
  recordDomain,
  policy: record.isTest ? oneStepLess[policy] : policy,
  dkimAlignment: record.dkimAlignment,
  spfAlignment: record.spfAlignment,
  status: 'found' as const,
});

const oneStepLess = { none: 'none', quarantine: 'none', reject: 'quarantine' } as const;

/** Whether the name exists is asked only where it makes a difference. */
async function policyBelow(
  domain: string,
  { p, sp = p, np = sp }: NonNullable<PublishedRecord['asks']>,
  tree: DmarcTree,
): Promise<DmarcPolicy | 'unknown'> {
  if (np === sp) return sp;
  const exists = await tree.exists(domain);
  if (exists === 'unknown') return 'unknown';
  return exists ? sp : np;
}
