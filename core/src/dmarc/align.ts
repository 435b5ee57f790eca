/** Identifier alignment (RFC 9989 §4.10.2): which of the proven domains speak for the author domain. */
import { asciiDomain } from '../message/punycode.ts';
import { isAligned } from '../checks/alignment.ts';
import type { DmarcRecord } from './discover.ts';
import type { AlignmentMode } from './record.ts';
import { type DmarcTree, organizationOf, walkable } from './walk.ts';

/** A domain for which SPF or DKIM passed, or might have if DNS had answered. */
export interface Identifier {
  readonly by: 'spf' | 'dkim';
  readonly domain: string;
  readonly passed: boolean;
}

export interface Aligned extends Identifier {
  /** `unknown`: DNS did not answer; `unasked`: another proof sufficed. */
  readonly alignment: 'aligned' | 'apart' | 'unknown' | 'unasked';
  /** The organisational domain, where it was looked for. */
  readonly organization?: string;
}

export interface Alignment {
  readonly identifiers: readonly Aligned[];
  /** Of the author, where it had to be known. */
  readonly organizationalDomain?: string;
}

/** Walks one mail is worth: it may be signed by any number of domains. Those behind are not of the organisation. */
const mostWalks = 10;

/**
 * Nothing is asked for strict alignment, for a domain that is the author's own, nor once such a one has passed; else the
 * author's organisation, and then only that of domains at or below it: no other can have the same.
 */
export async function alignAll(
  record: DmarcRecord,
  identifiers: readonly Identifier[],
  tree: DmarcTree,
): Promise<Alignment> {
  const author = plain(record.fromDomain);
  const modes = { spf: record.spfAlignment, dkim: record.dkimAlignment };
  const byName = identifiers.map((one) => ({ ...one, alignment: byNameAlone(one, author, modes[one.by]) }));
  const suffices = byName.some((one) => one.passed && one.alignment === 'aligned');
  if (suffices || byName.every(({ alignment }) => alignment !== 'unasked')) return { identifiers: byName };
  if (record.status !== 'found') return { identifiers: byName.map((one) => bySuffixList(one, author)) };

  const ours = record.organizationalDomain ?? (await organizationAbove(author, tree));
  if (ours === undefined) {
    return { identifiers: byName.map((one) => settled(one, { alignment: 'unknown' })) };
  }
  let walks = 0;
  const aligned = byName.map(async (one): Promise<Aligned> => {
    const domain = plain(one.domain);
    const mayBe = domain === ours || domain.endsWith(`.${ours}`);
    if (one.alignment !== 'unasked' || !mayBe || walks >= mostWalks)
      return settled(one, { alignment: 'apart' });
    walks += 1;
    const theirs = await organizationAbove(domain, tree);
    if (theirs === undefined) return settled(one, { alignment: 'unknown' });
    return settled(one, { alignment: theirs === ours ? 'aligned' : 'apart', organization: theirs });
  });
  return { identifiers: await Promise.all(aligned), organizationalDomain: ours };
}

const plain = (domain: string): string => asciiDomain(domain) ?? domain.toLowerCase();

const settled = (one: Aligned, found: Pick<Aligned, 'alignment' | 'organization'>): Aligned =>
  one.alignment === 'unasked' ? { ...one, ...found } : one;

/** `unasked` where the names alone do not tell. */
function byNameAlone({ domain }: Identifier, author: string, mode: AlignmentMode): Aligned['alignment'] {
  const own = plain(domain);
  if (own !== '' && own === author) return 'aligned';
  const mayShare = walkable(own) !== undefined && lastLabel(own) === lastLabel(author);
  return mode === 'strict' || !mayShare ? 'apart' : 'unasked';
}

const lastLabel = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/**
 * Nothing is published, so that DMARC says nothing of the mail. Where a domain of ours has put a policy in its place, the
 * public suffix list tells the organisations apart, as it did for RFC 7489.
 */
const bySuffixList = (one: Aligned, author: string): Aligned =>
  settled(one, { alignment: isAligned(plain(one.domain), author, 'relaxed') ? 'aligned' : 'apart' });

async function organizationAbove(domain: string, tree: DmarcTree): Promise<string | undefined> {
  const { found, isBroken } = await tree.walk(domain);
  return isBroken ? undefined : organizationOf(domain, found);
}
