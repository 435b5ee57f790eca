/** A DMARC policy record as published in DNS, read to the letter of RFC 9989 §4.7. */

export const policies = ['none', 'quarantine', 'reject'] as const;
export type DmarcPolicy = (typeof policies)[number];
export type AlignmentMode = 'relaxed' | 'strict';

export interface PublishedRecord {
  /** p, sp and np; undefined where they are not valid and no reports are asked for: then DMARC is not applied (§4.10.1). */
  readonly asks: Asked | undefined;
  readonly dkimAlignment: AlignmentMode;
  readonly spfAlignment: AlignmentMode;
  /** psd=: the domain is a public suffix (y), or an organisation by its own word (n); undefined where it does not say. */
  readonly psd: 'y' | 'n' | undefined;
  /** t=y: the owner is still trying it out, and asks for one step less. */
  readonly isTest: boolean;
}

export interface Asked {
  readonly p: DmarcPolicy;
  /** For subdomains. */
  readonly sp?: DmarcPolicy;
  /** For subdomains that do not exist. */
  readonly np?: DmarcPolicy;
}

/** The version stands first and is written just so; white space may stand around “=”. */
const version = /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;

export const isDmarcRecord = (text: string): boolean => version.test(text.trim());

/** Undefined for what is no DMARC record, and for one that names a tag twice (RFC 6376 §3.2). */
export function readRecord(text: string): PublishedRecord | undefined {
  if (!isDmarcRecord(text)) return undefined;
  const tags = readTags(text);
  if (tags === undefined) return undefined;
  const psd = valueOf(tags, 'psd');
  return {
    asks: asksOf(tags),
    dkimAlignment: valueOf(tags, 'adkim') === 's' ? 'strict' : 'relaxed',
    spfAlignment: valueOf(tags, 'aspf') === 's' ? 'strict' : 'relaxed',
    psd: psd === 'y' || psd === 'n' ? psd : undefined,
    isTest: valueOf(tags, 't') === 'y',
  };
}

/** Names of tags are case-sensitive; what is no tag is passed over. */
function readTags(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at <= 0) continue;
    const name = part.slice(0, at).trim();
    if (tags.has(name)) return undefined;
    tags.set(name, part.slice(at + 1).trim());
  }
  return tags;
}

/** The values that are words of the standard are the same in capitals (RFC 5234 §2.3). */
const valueOf = (tags: ReadonlyMap<string, string>, name: string): string | undefined =>
  tags.get(name)?.toLowerCase();

function asksOf(tags: ReadonlyMap<string, string>): Asked | undefined {
  const [p, sp, np] = ['p', 'sp', 'np'].map((name) => valueOf(tags, name));
  const isValid = isPolicy(p) && (sp === undefined || isPolicy(sp)) && (np === undefined || isPolicy(np));
  if (isValid) {
    return { p, ...(isPolicy(sp) ? { sp } : {}), ...(isPolicy(np) ? { np } : {}) };
  }
  return asksForReports(tags.get('rua')) ? { p: 'none' } : undefined;
}

const isPolicy = (text: string | undefined): text is DmarcPolicy =>
  policies.some((policy) => policy === text);

/** At least one URI (RFC 3986), commas and “!” in it escaped; a size behind “!” is of the older standard. */
const asksForReports = (rua: string | undefined): boolean =>
  rua?.split(',').some((uri) => reportUri.test(uri.trim())) === true;

const reportUri = /^[a-z][a-z0-9+.-]*:(?:[a-z0-9\-._~:/?#[\]@$&'()*+;=]|%[0-9a-f]{2})*(?:!\d+[kmgt]?)?$/i;
